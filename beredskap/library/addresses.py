"""Telephone numbers and mail addresses as people write them, brought to one form or refused."""

from __future__ import annotations

import re

_SWEDISH_MOBILE = re.compile(r"\+467[02369][0-9]{7}\Z")
_SPELLED = re.compile(r"[\s\-./()]+")
_PLAIN_MAIL = re.compile(
    r"[a-z0-9](?:[a-z0-9_+-]|\.(?=[a-z0-9_+-])){0,62}@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\Z"
)
_NEVER = re.compile(r"(?:\+46)?0?(?:112|11313|11414|1177|900[0-9]*|939[0-9]*|944[0-9]*)\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def has_control_characters(text: str) -> bool:
    """Say whether a text holds characters that could end a line or hide something."""
    return _CONTROL.search(text) is not None


def normalise_number(written: str) -> str | None:
    """Return a mobile number as E.164, or None when it cannot be one.

    Service and premium numbers are refused as recipients (112, 113 13, 114 14, 1177, 0900 ...).
    """
    text = _SPELLED.sub("", written.replace("(0)", ""))
    if text.startswith("00"):
        text = "+" + text[2:]
    elif text.startswith("0"):
        text = "+46" + text[1:]
    elif text.startswith("46") and len(text) == 11:
        text = "+" + text
    if _SWEDISH_MOBILE.match(text):
        return text
    if _NEVER.match(text) or not re.fullmatch(r"\+[0-9]{7,15}", text):
        return None
    return _checked_by_library(text)


def _checked_by_library(text: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in kinds:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normalise_mail(written: str) -> str | None:
    """Return a mail address in ASCII form, or None when it cannot be one."""
    text = written.strip()
    if has_control_characters(written):
        return None
    if _PLAIN_MAIL.match(text.lower()):
        return text
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            text, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        return None
    return found.ascii_email
