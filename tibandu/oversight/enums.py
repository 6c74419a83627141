"""Knows the closed word lists of supervision: of promises, programmes, funds, referrals and draws."""
