using System.Text.Json.Nodes;

namespace FedAi.Runners.Roles;

/// <summary>What a prepost_node does: <c>sanitise</c>, <c>chunk</c>, <c>validate</c> and <c>format</c> (docs/ROLES.md).</summary>
internal static class PrepostJob
{
    /// <summary>Longer texts are more than a request may bring anyhow.</summary>
    private const int MaxChars = 1_000_000;

    private const int MaxChunkChars = 100_000;

    public static JsonObject? Run(RoleJob job, CancellationToken cancellationToken) => job.Text("op", 32) switch
    {
        "sanitise" => Sanitise(job),
        "chunk" => Chunk(job),
        "validate" => Validate(job, cancellationToken),
        "format" => Format(job),
        _ => job.Wrong<JsonObject?>("op", "must be sanitise, chunk, validate or format", null),
    };

    private static JsonObject? Sanitise(RoleJob job)
    {
        var text = job.Text("text", MaxChars);
        job.NothingElse();
        if (job.Problem is not null) return null;
        var clean = CleanText.Of(text);
        return new JsonObject { ["text"] = clean, ["removed"] = text.Length - clean.Length };
    }

    private static JsonObject? Chunk(RoleJob job)
    {
        var text = job.Text("text", MaxChars);
        var most = job.Number("maxChars", 16, MaxChunkChars, 2000);
        var overlap = job.Number("overlapChars", 0, most / 2, 0);
        job.NothingElse();
        return job.Problem is not null ? null : new JsonObject { ["chunks"] = new JsonArray([.. TextChunks.Of(text, most, overlap).Select(chunk => JsonValue.Create(chunk))]) };
    }

    private static JsonObject? Validate(RoleJob job, CancellationToken cancellationToken)
    {
        var text = job.Text("text", MaxChars);
        var schema = job.Value("schema");
        job.NothingElse();
        if (schema is null) job.Wrong("schema", "is missing", false);
        if (job.Problem is not null) return null;
        if (SchemaCheck.Unfit(schema!.Value) is { } unfit) return job.Wrong<JsonObject?>("schema", unfit, null);

        JsonArray errors;
        if (FoundJson.Whole(text) is not { } value) errors = new JsonArray(new JsonObject { ["at"] = "", ["problem"] = "is not JSON" }); // a list in brackets would add by reflection
        else
        {
            var check = new SchemaCheck(cancellationToken);
            check.Check(value, schema.Value);
            if (check.IsExhausted) return job.Wrong<JsonObject?>("schema", "takes too many steps to check against this text; make either smaller", null);
            errors = check.Errors;
        }

        return new JsonObject { ["valid"] = errors.Count == 0, ["errors"] = errors };
    }

    private static JsonObject? Format(RoleJob job)
    {
        var text = job.Text("text", MaxChars);
        var kind = job.Text("as", 32);
        var width = kind == "text" ? job.Number("width", 20, 1000, 0) : 0;
        if (kind is not ("json" or "text")) job.Wrong("as", "must be json or text", false);
        job.NothingElse();
        if (job.Problem is not null) return null;
        if (kind == "text") return new JsonObject { ["text"] = PlainText.Of(text, width) };
        return FoundJson.First(text) is { } found
            ? new JsonObject { ["found"] = true, ["json"] = JsonNode.Parse(found.GetRawText()) }
            : new JsonObject { ["found"] = false };
    }
}
