"""What an officer does on the board besides correcting and stopping."""

from __future__ import annotations

from beredskap.cli.linear.seat import Seat
from beredskap.cli.linear.talk import BACK, Item
from beredskap.cli.linear.watch import Watch
from beredskap.domain.channel import Channel
from beredskap.domain.reach import PersonReach, ReachClass, problems_first
from beredskap.domain.wording import word

_NEWEST = 60
"""Lines of the log that are told; the review has them all."""


def show_people(seat: Seat, incident: str) -> None:
    """Tell everybody of the incident, problems first."""
    watch = Watch(seat.talk.words)
    people = problems_first(seat.desk.show(incident).people)
    seat.talk.read_out([watch.person_line(one) for one in people])


def handle_person(seat: Seat, incident: str) -> None:
    """Show one person, take an answer given by mouth, or leave the person out."""
    words, watch = seat.talk.words, Watch(seat.talk.words)
    people = problems_first(seat.desk.show(incident).people)
    items = [Item(one.person, watch.person_line(one)) for one in people]
    picked = seat.talk.pick(words("who"), items, {BACK: words("back")})
    person = next((one for one in people if one.person == picked), None)
    if person is None:
        return
    _tell_history(seat, incident, person)
    choices = {"1": words("p_answer"), "2": words("p_exclude"), BACK: words("back")}
    chosen = seat.talk.choose(person.name, choices)
    if chosen == "1" and (answer := _text(seat, "answer_prompt")):
        seat.desk.acknowledge(seat.actor, incident, person.person, answer)
        seat.talk.speak("recorded")
    elif chosen == "2" and (reason := _text(seat, "exclude_prompt")):
        seat.desk.exclude(seat.actor, incident, person.person, reason)
        seat.talk.speak("excluded")


def pause(seat: Seat, incident: str) -> None:
    """Let nothing more leave for now."""
    seat.desk.pause(seat.actor, incident)
    seat.talk.speak("paused")


def resume(seat: Seat, incident: str) -> None:
    """Go on with what is paused, after one more answer: it sends again."""
    words = seat.talk.words
    choices = {"1": words("resume_now"), BACK: words("back")}
    if seat.talk.choose(words("resume_question"), choices) == "1":
        seat.desk.resume(seat.actor, incident)
        seat.talk.speak("resumed")


def decide(seat: Seat, incident: str) -> None:
    """Decide about everybody whose message may or may not have left."""
    words, watch = seat.talk.words, Watch(seat.talk.words)
    people = seat.desk.show(incident).people
    uncertain = [one for one in people if one.reach is ReachClass.UNCERTAIN]
    if not uncertain:
        seat.talk.speak("none_uncertain")
        return
    seat.talk.read_out([watch.person_line(one) for one in uncertain])
    choices = {"1": words("resend"), "2": words("leave"), BACK: words("back")}
    chosen = seat.talk.choose(words("uncertain_question", count=len(uncertain)), choices)
    if chosen != BACK:
        decision = "resend" if chosen == "1" else "leave"
        decided = seat.desk.decide(seat.actor, incident, None, decision)
        seat.talk.speak("decided", count=len(decided))


def note(seat: Seat, incident: str) -> None:
    """Write one line into the log."""
    if text := _text(seat, "note_prompt"):
        seat.desk.note(seat.actor, incident, text)
        seat.talk.speak("recorded")


def show_log(seat: Seat, incident: str) -> None:
    """Tell the newest lines of the log, oldest first."""
    lines = seat.desk.log(incident, None, most=_NEWEST, lang=seat.talk.lang)
    seat.talk.read_out([f"{seat.clock(line.happened_at)} {line.text}" for line in lines])


def show_review(seat: Seat, incident: str) -> None:
    """Read out the review."""
    seat.talk.read_out(seat.desk.review(incident, lang=seat.talk.lang).splitlines())


def close(seat: Seat, incident: str) -> None:
    """Close the incident after one more answer."""
    words = seat.talk.words
    choices = {"1": words("close_now"), BACK: words("back")}
    if seat.talk.choose(words("close_question"), choices) == "1":
        seat.desk.close(seat.actor, incident)
        seat.talk.speak("closed")


def _tell_history(seat: Seat, incident: str, person: PersonReach) -> None:
    talk = seat.talk
    lines = [
        f"{seat.clock(line.at)} {word(Channel(line.channel), talk.lang)}, "
        f"{word(line.status, talk.lang)}"
        for line in seat.desk.history(incident, person.person)
    ]
    talk.speak("attempts", count=len(lines))
    talk.read_out(lines)


def _text(seat: Seat, key: str) -> str:
    """Return a line of text; an empty one, or 0, asks nothing of the desk."""
    seat.talk.question(seat.talk.words(key))
    seat.talk.speak("text_how")
    text = seat.talk.wait()
    return "" if text == BACK else text
