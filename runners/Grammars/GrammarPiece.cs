namespace FedAi.Runners.Grammars;

/// <summary>
/// A part of a grammar: its text, the fewest bytes that it writes, and how many readings of one answer llama.cpp may have
/// to follow at once inside it.
/// </summary>
internal readonly record struct GrammarPiece(string Text, int Shortest, int Paths)
{
    /// <summary>More than any answer has: a value that contains itself always.</summary>
    public const int Endless = 1_000_000;

    public static int Sum(int left, int right) => Math.Min(Endless, left + right);
}
