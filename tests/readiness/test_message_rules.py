"""Every rule of the messages, broken by one change to one text, and texts that pass it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beredskap.domain.problem import Severity
from beredskap.library import read_workspace
from beredskap.library.workspace import Content
from beredskap.readiness.check import RULES, check
from beredskap.readiness.safety_rules import text_digest
from tests.readiness.conftest import TODAY, Judge, rules_of

LARM = "message_templates/larm/sms.sv.j2"
SMS = "message_templates/kontakter/sms.sv.j2"
MAIL = "message_templates/kontakter/email.sv.j2"
ENGLISH = "message_templates/kontakter/email.en.j2"
WEB = "message_templates/kontakter/web.sv.j2"
FALSE_ALARM = "message_templates/falskt/sms.sv.j2"
LONG = "Vi går ut och in och ut och in och ut och in och ut och in och ut och in och hem. "
HARD = (
    "Förvaltningsledningen informerar verksamhetsansvariga medarbetare kontinuerligt. "
    "Utrymningsorganisationen samordnar räddningsinsatser tillsammans med fastighetsförvaltaren. "
) * 5


def test_a_workspace_without_a_fault_is_clean(judged: Judge) -> None:
    assert judged().problems == ()


@pytest.mark.parametrize(
    ("rule", "name", "before", "after"),
    [
        ("L01", SMS, "{{ organisation.short_name }}: ", "Hej! "),
        ("L01", MAIL, "{{ organisation.name }}", "Vi som arbetar här"),
        ("L01", LARM, "{{ organisation.short_name }}: ", "Hej på er alla som är här i dag, "),
        ("L02", SMS, "Brand kl", "Klockan"),
        ("L02", FALSE_ALARM, "Falskt larm kl {{ fact.tid }}. ", ""),
        ("L03", LARM, "{{ fact.enhet.name }} ", ""),
        ("L04", SMS, "Kom inte hit. ", ""),
        ("L05", LARM, "Nytt besked {{ fact.nasta }}", "Vi berättar snart"),
        ("L05", MAIL, "Nytt besked kl {{ fact.nasta }}", "Vi berättar när vi vet"),
        ("L05", WEB, "sedan kl {{ fact.tid }}", "i dag"),
        ("L06", WEB, "Skriv till {{ organisation.mail_reply_to }}.", ""),
        ("L06", "message_templates/nytt/sms.sv.j2", "Nytt besked kl {{ fact.nasta }}.", "Tack!"),
        ("L07", MAIL, "Kom inte hit.", f"Kom inte hit. {LONG}"),
        ("L07", MAIL, "Kom inte hit.", f"Kom inte hit. {HARD}"),
        ("L08", SMS, "Kom inte hit", "Kom eventuellt inte hit"),
        ("L08", SMS, "Kom inte hit", "Kom inte hit, det uppmanas alla till"),
        ("L08", SMS, "Vi är ute", "POSOM är ute, vi med"),
        ("L09", SMS, "Vi är ute", "Vi är ute med 19121212-1212"),
        ("L09", SMS, "Vi är ute", "Vi och Mia Ek är ute"),
        ("L09", SMS, "Vi är ute", "Vi på demensboendet är ute"),
        ("L10", SMS, "Kom inte hit", "Kom inte hit. Läs bit.ly/brand"),
        ("L10", SMS, "Kom inte hit", "Kom inte hit. Läs www.okand.se"),
        ("L10", SMS, "Kom inte hit", "Logga in med BankID"),
        ("L12", SMS, "Vi är ute", "Vi är ute i en övning"),
        ("L12", SMS, "Vi är ute", "Det är skarpt läge"),
        ("L13", SMS, "Vi är ute", "Vi är ute vid [plats]"),
        ("L13", SMS, "Vi är ute", "Vi är ute vid xxx"),
        ("L14", SMS, "Vi är ute", "Det är ingen fara"),
        ("L16", WEB, "Vi skriver här igen", "Nytt besked"),
        ("L17", SMS, "Kom inte hit", "Ring inte 112"),
        ("L19", ENGLISH, "{{ fact.tid }}", "17.45"),
        ("L19", ENGLISH, "Do not come here.", "Do not come here, at {{ fact.plats }}."),
        ("L20", SMS, "Vi är ute", "Vi är ute med François"),
    ],
)
def test_each_rule_bites_alone(
    judged: Judge, rule: str, name: str, before: str, after: str
) -> None:
    if rule == "L16":
        judged(WEB, "Vi vet att det väcker oro. Vi hjälper alla ut.", "Många är oroliga.")
    found = judged(name, before, after)
    assert rules_of(found) - {"template.sms_encoding"} == {rule}
    assert {problem.file for problem in found.problems} == {name} or rule == "L20"
    assert all(problem.text.endswith(".") for problem in found.problems)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (MAIL, "Hej!", "Hej! Lämna aldrig ut koder eller BankID."),
        (MAIL, "Hej!", "Hej! Läs på {{ organisation.web }} eller krisinformation.se."),
        (WEB, "Kom inte hit.", "Ring 112 bara vid nöd, t.ex. om du är i fara."),
        (SMS, "Vi är ute", "Vi är ute vid Storgatan 19"),
        (FALSE_ALARM, "Allt är som vanligt", "Det var ingen fara"),
        (LARM, "Gå ut", "Gå ut. LARM, SMS och VMA"),
    ],
)
def test_what_is_right_passes(judged: Judge, name: str, before: str, after: str) -> None:
    assert judged(name, before, after).problems == ()


def test_a_text_about_harm_needs_a_word_of_care(judged: Judge) -> None:
    scenario = "scenarios/brand.yaml"
    assert (
        judged(scenario, "purpose: Alla kommer ut", "purpose: De skadade får vård").problems == ()
    )
    found = judged(WEB, "Vi vet att det väcker oro. ", "")
    assert rules_of(found) == {"L15"}


def test_the_one_who_is_cut_off_by_the_thirtieth_character_is_named(judged: Judge) -> None:
    assert judged(LARM, "{{ organisation.short_name }}: ", "Viktigt meddelande nu, Provstad: ")


def test_a_public_text_of_an_adopted_scenario_is_approved_by_two(
    judged: Judge, content: Content
) -> None:
    assert "L18" in rules_of(judged(adopted=("brand",)))
    for template_id in ("kontakter", "nytt", "falskt", "slut"):
        digest = text_digest(content.templates[template_id])
        file = f"message_templates/{template_id}/template.yaml"
        approvals = "".join(
            f"  - {{role: {role}, officer: {officer}, on: 2026-11-01, digest: {digest}}}\n"
            for role, officer in (("chef", "ove"), ("informator", "kari"))
        )
        verdict = judged(file, "slots: [tid]\n", f"slots: [tid]\napprovals:\n{approvals}")
    assert verdict.problems == ()
    assert rules_of(judged(adopted=("brand",))) == {"contacts.fictitious"}


def test_an_approval_by_the_same_officer_twice_is_one(content: Content) -> None:
    template = content.templates["kontakter"]
    digest = text_digest(template)
    from beredskap.domain.message import Approval

    once = [Approval(role=r, officer="ove", on=TODAY, digest=digest) for r in ("a", "b")]
    templates = {**content.templates, "kontakter": replace(template, approvals=tuple(once))}
    found = check(replace(content, templates=templates), TODAY, adopted=("brand",)).problems
    assert "message_templates/kontakter/template.yaml" in {p.file for p in found}


def test_an_approval_of_other_words_is_told(judged: Judge) -> None:
    approval = "approvals:\n  - {role: chef, officer: ove, on: 2026-11-01, digest: abc}\n"
    found = judged("message_templates/nytt/template.yaml", "slots: [tid]\n", approval)
    assert rules_of(found) == {"L18"}
    assert "changed after chef approved" in found.problems[0].text


def test_what_blocks_is_an_error(judged: Judge) -> None:
    found = judged(SMS, "Vi är ute", "Vi är ute med 19121212-1212")
    assert {problem.severity for problem in found.problems} == {Severity.ERROR}


def test_a_broken_word_is_shown_with_its_line(judged: Judge) -> None:
    found = judged(MAIL, "Kom inte hit", "Kom eventuellt inte hit")
    assert [problem.line for problem in found.problems] == [5]


def test_every_rule_has_its_own_id_and_a_sentence() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)


def test_the_twenty_rules_of_a_message_are_all_there() -> None:
    """L11 is the structure's own, as template.sms_encoding and template.sms_parts."""
    known = {rule.id for rule in RULES if rule.id.startswith("L")}
    assert known == {f"L{number:02}" for number in range(1, 21)} - {"L11"}


def test_the_content_is_not_changed_by_judging(judged: Judge, content: Content) -> None:
    judged()
    assert read_workspace(content.root).digests == content.digests
