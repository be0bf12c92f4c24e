namespace FedAi.Daemon.Cli;

/// <summary>The endpoint refused or broke off; the message is its own sentence.</summary>
internal sealed class AskException(string message, bool mayWorkLater) : Exception(message)
{
    public bool MayWorkLater => mayWorkLater;
}
