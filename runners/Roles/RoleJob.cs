using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Runners.Roles;

/// <summary>
/// Reads the members of a job. What is missing or wrong becomes <see cref="Problem"/>, the first one found, so that a job reads
/// all it needs and then asks once.
/// </summary>
internal sealed class RoleJob(JsonElement root)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    /// <summary>The first thing that is wrong; null while nothing is.</summary>
    public Refusal? Problem { get; private set; }

    /// <summary>A text that must be there, or may be missing and is <paramref name="otherwise"/> then.</summary>
    public string Text(string name, int maxChars, string? otherwise = null)
    {
        if (!TryRead(name, out var value)) return otherwise ?? Wrong(name, "is missing", "");
        if (value.ValueKind != JsonValueKind.String) return Wrong(name, "must be a text", "");
        var text = value.GetString()!;
        return text.Length > maxChars ? Wrong(name, $"may have {maxChars} characters", "") : text;
    }

    public int Number(string name, int least, int most, int otherwise) =>
        !TryRead(name, out var value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : Wrong(name, $"must be a whole number from {least} to {most}", otherwise);

    /// <summary>Texts; none when the member is missing.</summary>
    public IReadOnlyList<string> Texts(string name, int most, int maxChars)
    {
        if (!TryRead(name, out var value)) return [];
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String && item.GetString()!.Length <= maxChars)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : Wrong<IReadOnlyList<string>>(name, $"must be a list of up to {most} texts of up to {maxChars} characters", []);
    }

    /// <summary>Any value; null when the member is missing.</summary>
    public JsonElement? Value(string name) => TryRead(name, out var value) ? value : null;

    public T Wrong<T>(string name, string what, T instead)
    {
        Problem ??= new Refusal(ErrorCode.InvalidRequest, $"{name} {what}.");
        return instead;
    }

    /// <summary>A member that was never read would be silently without effect: that is told.</summary>
    public void NothingElse()
    {
        foreach (var member in root.EnumerateObject())
            if (!read.Contains(member.Name)) Wrong(member.Name.Length <= 32 ? member.Name : "A member", "is no member of this job", false);
    }

    private bool TryRead(string name, out JsonElement value)
    {
        read.Add(name);
        return root.TryGetProperty(name, out value);
    }
}
