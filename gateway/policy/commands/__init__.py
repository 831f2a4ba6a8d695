"""The command language (COMMANDS): an agent's new text to a CommandMail. Pure."""
