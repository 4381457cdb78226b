"""The passwords that are tried first, as far as they are long enough to be taken at all: letters and digits only.

What published lists of leaked passwords have in common, those of Chinese sites among them: 我爱你 (woaini, or 520 in
digits), 一生一世 (1314), family names with a run of digits, the rows of the keyboard, the names of this trade.
"""

_COMMON = """
1234567890 0123456789 12345678910 123456789a 123456789q 123456789qq 123456789z a123456789 q123456789 aa123456789
z123456789 qq123456789 w123456789 1234567891 1234567899 9876543210 0987654321 1122334455 112233445566 1231231234
1472583690 147258369a 1593572486 159357258456 1357924680 5201314520 5201314521 1314520520 13145201314 1314521521
520520520a 7758521520 7758258521 woaiwoziji woshitiancai tiancai123 qazwsxedcrfv qazwsxedc123 1qaz2wsx3edc
1qaz2wsx3edc4rfv 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 zaq12wsxcde3 qwer123456 qwer1234qwer asdf123456
asdfjkl123 zxc123456789 asd123456789 qwe123456789 qaz123456789 p4ssw0rd123 pssw0rd123 pssword123 sunshine123
princess123 football123 baseball123 superman123 dragon12345 monkey12345 master12345 gov1234567 wang123456
wang123456789 zhang123456 li123456789 liu123456789 chen123456 yang123456 huang123456 zhao123456 wu123456789
zhou123456 sun123456789 lin123456789 1234qwerasdf 1234asdfqwer qweasdzxc123 qweasdzxc1 qqww112233 aabbcc112233
abcde12345 a1b2c3d4e5 a1s2d3f4g5 aaa111222333 asdasdasd123 qweqweqwe123 88888888a8 6666668888 8888866666 1688168888
baobao1314 laopo5201314 laogong1314 woaixuexi1 wobuzhidao wobuzhidao1 jiayou12345 zhufu12345
"""
_ROOTS = """
password passwords passwort passw0rd admin administrator administrators root user guest test demo welcome letmein
changeme default secret iloveyou qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx abc abcd abcdef abcdefg
woaini woaiwojia woaizhongguo zhongguo beijing shanghai nihao mima wodemima woshishui woxihuanni xinfang xinfangju
yangguangxinfang yangguang sunlight petition zhengfu zhengwu gongan jijian
密码 我的密码 我爱你 我爱中国 中国 信访 信访局 阳光信访 管理员 欢迎
"""

COMMON = frozenset(_COMMON.split())
ROOTS = frozenset(_ROOTS.split())
"""What is no better for a year or a row of digits before or after it."""
