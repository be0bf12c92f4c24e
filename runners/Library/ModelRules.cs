namespace FedAi.Runners.Library;

/// <summary>Pure: how models are named, and which may be loaded.</summary>
public static class ModelRules
{
    public const string Ending = ".gguf";

    /// <summary>Null, or what is wrong with a name: it is a file's name too, and stands in requests and on command lines.</summary>
    public static string? NameProblem(string name) =>
        name.Length is < 1 or > 128 || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(IsPlain)
            ? $"\"{name}\" is no name for a model: it has 1 to 128 of a-z, A-Z, 0-9, . _ -, and begins with a letter or digit"
            : null;

    /// <summary>The name that a file of this name gets if nobody gives it one.</summary>
    public static string NameFrom(string fileName)
    {
        if (fileName.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)) fileName = fileName[..^Ending.Length];
        var name = string.Concat(fileName.Select(character => IsPlain(character) ? character : '-')).TrimStart('.', '_', '-');
        return name.Length <= 128 ? name : name[..128];
    }

    /// <summary>The hash in its usual form, or null if it is none.</summary>
    public static string? Hash(string text) =>
        text.Length == 64 && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;

    /// <summary>Null, or why a file with this hash must not be loaded (MOD-01, RRS-16).</summary>
    /// <param name="sha256">Of the file as it is now.</param>
    /// <param name="added">What it was when it was added, if it was.</param>
    /// <param name="approved">The only hashes allowed; null allows all.</param>
    public static string? LoadProblem(string sha256, ModelEntry? added, IReadOnlyCollection<string>? approved) =>
        added is not null && added.Sha256 != sha256
            ? $"{added.FileName} is not the file that was added as {added.Name}: its SHA-256 is {sha256}, it was {added.Sha256}; get it again (fedai models rm {added.Name}, then pull or add it), and find out who changed it"
        : approved is not null && !approved.Contains(sha256)
            ? $"its SHA-256 {sha256} is not approved: add it to models.approved, or set models.policy to open"
        : null;

    /// <summary>Where a model stands (MOD-02): <paramref name="problem"/> is why it cannot be used, if that is known.</summary>
    public static ModelState State(bool isHere, bool isTested, string? problem, bool isOffered) =>
        !isHere ? ModelState.Archived
        : problem is not null ? ModelState.Failed
        : isOffered ? ModelState.Active
        : isTested ? ModelState.Inactive
        : ModelState.Pending;

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';
}
