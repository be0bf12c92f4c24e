namespace FedAi.Protocol.Json;

/// <summary>What <see cref="JsonShape"/> finds wrong, each with the path to where it is. A stranger's message is not worth more than a few short lines.</summary>
internal sealed class ShapeFindings
{
    private const int MaxProblems = 20;
    private const int MaxNameChars = 64;

    private readonly List<string> path = [];
    private readonly List<string> problems = [];

    public IReadOnlyList<string> Problems => problems;

    public bool IsFull => problems.Count >= MaxProblems;

    /// <summary>A name out of a stranger's message, cut to a length that one may send back.</summary>
    public static string Shorten(string name) => name.Length <= MaxNameChars ? name : $"{name.AsSpan(0, MaxNameChars)}…";

    public void Enter(string name) => path.Add(name);

    public void Leave() => path.RemoveAt(path.Count - 1);

    public void Add(string reason)
    {
        if (!IsFull) problems.Add($"{(path.Count == 0 ? "value" : string.Join('.', path.Select(Shorten)))}: {reason}");
    }
}
