"""What a submission, a start and a sweep cost, in figures that anyone can measure again."""
