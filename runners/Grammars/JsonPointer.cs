using System.Text.Json;

namespace FedAi.Runners.Grammars;

/// <summary>Pure: follows a reference inside one document (RFC 6901, as <c>#/a/b</c>).</summary>
internal static class JsonPointer
{
    public static JsonElement? Resolve(JsonElement root, string reference)
    {
        if (reference == "#") return root;
        if (!reference.StartsWith("#/", StringComparison.Ordinal)) return null;
        var found = root;
        foreach (var part in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out var member)) found = member;
            else if (found.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index >= 0 && index < found.GetArrayLength()) found = found[index];
            else return null;
        }
        return found;
    }
}
