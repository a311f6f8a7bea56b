"""intake: where people write and are answered; the only service that knows who they are."""
