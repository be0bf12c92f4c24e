namespace FedAi.Daemon.Cli;

/// <summary>A stranger's text on its way to a person's terminal.</summary>
internal static class TerminalText
{
    /// <summary>Without control characters but line ends and tabs: escape sequences could rewrite the screen or the clipboard.</summary>
    public static string Clean(string text) => text.Any(IsControl) ? string.Concat(text.Where(c => !IsControl(c))) : text;

    private static bool IsControl(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}
