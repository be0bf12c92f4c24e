using System.Text.RegularExpressions;

namespace FedAi.Tests.Shape;

/// <summary>Rules about the text of files, whatever language they are in.</summary>
internal static partial class TextRules
{
    /// <summary>A file past this is two files (docs/ARCHITECTURE.md §6).</summary>
    private const int MaxLines = 400;

    public static IReadOnlyList<ShapeRule> All { get; } =
    [
        new("at most 400 lines", AtMost400Lines),
        new("no package registry is named", tree => Matches(tree.Files, RegistryHost(), "names a package registry's host")),
        new("no path of one machine", tree => Matches(tree.Files, MachinePath(), "holds a path that exists on one machine only")),
        new("nothing unfinished", tree => Matches(tree.Files.Where(IsOurs), Unfinished(), "is unfinished")),
    ];

    private static bool IsOurs(SourceFile file) => file.IsCSharp
        || file.Path.EndsWith(".sh", StringComparison.Ordinal) || file.Path.EndsWith(".mjs", StringComparison.Ordinal);

    private static IEnumerable<string> AtMost400Lines(SourceTree tree) =>
        from file in tree.Files
        where IsOurs(file)
        let lines = file.Text.AsSpan().Count('\n')
        where lines > MaxLines
        select $"{file.Path}: has {lines} lines";

    private static IEnumerable<string> Matches(IEnumerable<SourceFile> files, Regex pattern, string problem) =>
        from file in files
        from match in pattern.Matches(file.Text)
        select $"{file.Path}: line {file.Text.AsSpan(0, match.Index).Count('\n') + 1} {problem}: {match.Value}";

    // One letter of each pattern stands in brackets, so that these lines do not match themselves.

    [GeneratedRegex(@"https?://[^\s""'/]*(n[u]get|n[p]mjs|d[e]bian|p[y]pi|crates)\.[a-z]+", RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"(?<![\w.])/(h[o]me|U[s]ers)/[a-z]\w*/|(?<![\w.])/w[o]rk/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(T[O]DO|F[I]XME|H[A]CK|NotI[m]plementedException)\b")]
    private static partial Regex Unfinished();
}
