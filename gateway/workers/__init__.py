"""The loops: accepted mail into the queue, the queue down the road, the outbox out of the house.

The one broad `except` of each loop lives here: whatever fails is logged with its queue id, tried
again with backoff, and in the end kept for a person. No loop ever ends because of a message.
"""
