namespace FedAi.Daemon.Cli;

/// <summary>Messages for a person: one line each on standard error.</summary>
internal static class Errors
{
    public static Task TellAsync(string message) => Console.Error.WriteLineAsync($"fedai: {TerminalText.Clean(message.ReplaceLineEndings(" "))}");
}
