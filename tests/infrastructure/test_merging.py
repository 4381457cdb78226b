"""What is laid into Chalice's template, and what stands in a page that the gateway itself answers with."""

import pytest

from infra.merging import page


def test_a_page_of_the_gateway_speaks_both_languages_and_leads_back() -> None:
    made = page("没有这个地址。请回到首页。 No such address: please start from <the front page>.")
    assert "<p>没有这个地址。请回到首页。</p>" in made
    assert '<p lang="en">No such address: please start from &lt;the front page&gt;.</p>' in made
    assert 'href="/console"' in made


@pytest.mark.parametrize("message", ["", "没有这个地址。", "No such address.", "No such address. 没有这个地址。"])
def test_a_message_in_one_language_is_no_page(message: str) -> None:
    with pytest.raises(ValueError, match="not a Chinese and an English sentence"):
        page(message)
