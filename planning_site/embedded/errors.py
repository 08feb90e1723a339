"""What goes wrong with the embedded servers, in a sentence the person at the keyboard can act on."""


class EmbeddedError(RuntimeError):
    """An embedded server cannot be started, found or stopped; the message says why and what to do."""


class WrongPasswordError(EmbeddedError):
    """A server answers but does not know our password: another installation's, or our password file was lost."""
