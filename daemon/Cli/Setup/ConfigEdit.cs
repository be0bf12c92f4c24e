using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>Sets one value in the text of a configuration file, and leaves everything else as it stands: comments, order, blanks. Pure.</summary>
internal static class ConfigEdit
{
    /// <summary>What a new file begins with.</summary>
    public const string Empty = "{\n}\n";

    /// <param name="text">A file that <see cref="Hosting.OptionsReader"/> takes.</param>
    /// <param name="key">The option, as section.key.</param>
    /// <param name="value">Its new value.</param>
    public static string Set(string text, string key, JsonNode value)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var path = key.Split('.');
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        reader.Read();
        for (var depth = 0; ; depth++)
        {
            var open = (int)reader.BytesConsumed;
            var isEmpty = true;
            var found = false;
            while (!found && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                found = reader.ValueTextEquals(path[depth]);
                if (!found) reader.Skip();
            }

            if (!found) return Text(utf8, open, open, Member(path, depth, value) + (isEmpty ? $"\n{Indent(depth)}" : ","));
            reader.Read();
            if (depth < path.Length - 1 && reader.TokenType == JsonTokenType.StartObject) continue;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return Text(utf8, start, (int)reader.BytesConsumed, value.ToJsonString());
        }
    }

    /// <summary>The member that is missing, with the sections around it that are missing too.</summary>
    private static string Member(string[] path, int depth, JsonNode value)
    {
        var name = $"\n{Indent(depth + 1)}\"{path[depth]}\": ";
        return depth == path.Length - 1 ? name + value.ToJsonString() : $"{name}{{{Member(path, depth + 1, value)}\n{Indent(depth + 1)}}}";
    }

    private static string Indent(int depth) => new(' ', 2 * depth);

    private static string Text(byte[] utf8, int start, int end, string instead)
    {
        var rest = Encoding.UTF8.GetString(utf8.AsSpan(end));
        // An empty section closes on the line that was made for it.
        if (instead.EndsWith('\n') || instead.TrimEnd(' ').EndsWith('\n')) rest = rest.TrimStart();
        return Encoding.UTF8.GetString(utf8.AsSpan(0, start)) + instead + rest;
    }
}
