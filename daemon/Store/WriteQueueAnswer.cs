namespace FedAi.Daemon.Store;

/// <summary>What became of a write that was handed to a <see cref="WriteQueue"/>.</summary>
internal enum WriteQueueAnswer
{
    Queued,
    Full,
    Closed,
}
