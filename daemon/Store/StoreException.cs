namespace FedAi.Daemon.Store;

/// <summary>The store cannot be opened or read; the message is one line that names the next step.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
