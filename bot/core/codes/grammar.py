"""What the grammar says to what it cannot read. `verb` names the usage that helps."""

from bot.core.codes import Code


class _Usage(Code):
    verb: str  # the verb whose usage and example are shown


class NoConnection(_Usage):
    """A verb wants a connection."""

    key = "usage.no_connection"


class NoTarget(_Usage):
    """No target is named."""

    key = "usage.no_target"


class NothingToDeploy(_Usage):
    """Neither a version nor a value is named."""

    key = "usage.nothing_to_deploy"


class TooManyWords(_Usage):
    """One word is too many."""

    key = "usage.too_many_words"
    word: str


class NotAValue(_Usage):
    """A word after the version is no `key=value`."""

    key = "usage.not_a_value"
    word: str


class ValueSetTwice(_Usage):
    """A key is set twice."""

    key = "usage.set_twice"
    word: str


class UnmatchedQuotes(_Usage):
    """The quotes do not match."""

    key = "usage.quotes"
    column: int


class QuotesInLine(Code):
    """Quotes that begin in a line of a form's field do not end there."""

    key = "usage.quotes_in_line"
    line: int


class NothingInQuotes(_Usage):
    """A name or a version is an empty quotation."""

    key = "usage.nothing_in_quotes"


class FlagTwice(_Usage):
    """A flag is there twice."""

    key = "usage.flag_twice"
    flag: str


class UnknownFlag(_Usage):
    """A flag is not known."""

    key = "usage.unknown_flag"
    flag: str


class FlagTakesNoValue(_Usage):
    """`--dry-run` takes no value."""

    key = "usage.flag_value"
    flag: str


class ReasonMissing(_Usage):
    """The command wants a reason."""

    key = "reason_required.by_verb"


class BareDuration(Code):
    """A length of time stands where the reason is expected."""

    key = "bad_end.bare"
    word: str


class TwoEnds(_Usage):
    """Both `--for` and `--until` are given."""

    key = "usage.two_ends"


class BadDuration(Code):
    """This is no length of time."""

    key = "bad_end.duration"
    word: str


class BadEnd(Code):
    """This is no moment."""

    key = "bad_end.moment"
    word: str


class ReasonWants(_Usage):
    """`--reason` wants words in quotes."""

    key = "usage.reason_words"


class FlagWants(_Usage):
    """A flag wants a word behind it."""

    key = "usage.flag_word"
    flag: str


class NoEnd(_Usage):
    """Until when is not said."""

    key = "usage.no_end"


class NotANumber(_Usage):
    """A whole number is wanted."""

    key = "usage.not_a_number"
    most: int


class BadDays(_Usage):
    """So many days are wanted."""

    key = "usage.days"
    word: str
    most: int


class NotAnOperation(_Usage):
    """An operation's id is wanted."""

    key = "usage.not_an_operation"


class NotAPerson(_Usage):
    """A person is to be mentioned."""

    key = "usage.not_a_person"


class NotAnAction(_Usage):
    """This is no action."""

    key = "usage.not_an_action"
    word: str
    actions: tuple[str, ...]


class ButtonWord(Code):
    """What is typed is a button of a card."""

    key = "unknown_command.button"
    word: str


class UnknownWord(Code):
    """There is no such word after the command; the likeliest one is named and not executed."""

    key = "unknown_command.word"
    word: str
    near: str = ""  # a verb as it is typed: "ops status", "deploy"
    slash: str = "ops"


class BadVersion(Code):
    """This cannot be a version."""

    key = "bad_version.typed"
    word: str


class SecretInValues(Code):
    """A `key=value` word is called like a secret, or holds what looks like one."""

    key = "secret_in_values.typed"
    word: str


class TooLong(Code):
    """A command is longer than any message in Slack, or a form holds more than it can carry."""

    key = "too_long"
    length: int
    most: int


class BadCharacter(Code):
    """A character that nobody types on purpose, or a letter outside quotes that no name has."""

    key = "bad_character"
    code_point: str  # "\\u200b"
    sign: str = ""  # itself, where it can be seen
    position: int
