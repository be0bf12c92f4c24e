using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.Runners.Roles;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Roles;

public sealed class PrepostTests
{
    private readonly RoleRunner runner = new([RoleTypes.Prepost], TimeProvider.System);

    public static TheoryData<string, string> Unclean { get; } = new()
    {
        { "a\u0000b\u0007c", "abc" },
        { "one\r\ntwo\rthree\u0085four\u2028five", "one\ntwo\nthree\nfour\nfive" },
        { "tab\tstays", "tab\tstays" },
        { "\u001b[31mred\u001b[0m \u001b]0;title\u0007done \u001bcreset", "red done reset" },
        { "un\u001b", "un" },
        { "un\u001b]0;never ends", "un0;never ends" },
        { "evil\u202egnp.exe\u2066x\u2069", "evilgnp.exex" },
        { "zero\u200bwidth\ufeff\u00ad", "zerowidth" },
        // Instructions in tag characters, which a model reads and a person does not see.
        { "hi\U000e0049\U000e0067\U000e006e", "hi" },
        { "👩\u200d💻 नि\u200dष", "👩\u200d💻 नि\u200dष" },
        { "Grüße, 漢字 😀", "Grüße, 漢字 😀" },
    };

    [Theory]
    [MemberData(nameof(Unclean))]
    public async Task Sanitise_HiddenCharacters_AreGone(string text, string clean)
    {
        var result = await DoAsync(new JsonObject { ["op"] = "sanitise", ["text"] = text });

        ((string?)result["text"]).ShouldBe(clean);
    }

    [Fact]
    public async Task Sanitise_HalfACharacter_IsAReplacementCharacter()
    {
        var steps = await StepsAsync("""{"op":"sanitise","text":"half \ud83d end"}""", 100, RoleTypes.Prepost);
        JsonNode.Parse(steps.OfType<InferenceDelta>().Single().Text)!["text"]!.GetValue<string>().ShouldBe("half \ufffd end");
    }

    [Theory]
    [InlineData(16, 0)]
    [InlineData(100, 0)]
    [InlineData(100, 30)]
    [InlineData(1000, 500)]
    public async Task Chunk_AnyText_FitsAndLosesNothing(int maxChars, int overlap)
    {
        var random = new Random(maxChars + overlap);
        string[] parts = ["word ", "😀", "é", "e\u0301\u0302", "Sentence. ", "\n\n", "\n", "longlonglonglonglonglong", "漢字"];
        var text = string.Concat(Enumerable.Range(0, 2000).Select(_ => parts[random.Next(parts.Length)]));

        var chunks = (await DoAsync(new JsonObject { ["op"] = "chunk", ["text"] = text, ["maxChars"] = maxChars, ["overlapChars"] = overlap }, 100_000))["chunks"]!
            .AsArray().Select(chunk => (string)chunk!).ToList();

        chunks.ShouldAllBe(chunk => chunk.Length > 0 && chunk.Length <= maxChars);
        foreach (var chunk in chunks) (char.IsLowSurrogate(chunk[0]) || char.IsHighSurrogate(chunk[^1])).ShouldBeFalse();
        if (overlap == 0) string.Concat(chunks).ShouldBe(text);
        var at = 0;
        foreach (var chunk in chunks)
        {
            var found = text.IndexOf(chunk, Math.Max(0, at - overlap), StringComparison.Ordinal);
            found.ShouldBeLessThanOrEqualTo(at, "nothing lies between two pieces");
            at = Math.Max(at, found + chunk.Length);
        }

        at.ShouldBe(text.Length);
    }

    [Fact]
    public async Task Chunk_Prose_IsCutWhereAReaderWouldCut()
    {
        var text = $"{new string('a', 60)}. {new string('b', 30)}\n\n{new string('c', 80)}";
        var chunks = (await DoAsync(new JsonObject { ["op"] = "chunk", ["text"] = text, ["maxChars"] = 100 }))["chunks"]!.AsArray();
        ((string?)chunks[0]).ShouldEndWith("b\n\n");
    }

    [Fact]
    public async Task Validate_TextThatIsNotJson_IsNotValid()
    {
        var result = await DoAsync(new JsonObject { ["op"] = "validate", ["text"] = "{\"a\":", ["schema"] = true });

        ((bool?)result["valid"]).ShouldBe(false);
        ((string?)result["errors"]![0]!["problem"]).ShouldBe("is not JSON");
    }

    [Fact]
    public async Task Validate_WrongMembers_AreNamedByTheirPlace()
    {
        var schema = JsonNode.Parse("""{"type":"object","properties":{"a/b":{"type":"array","items":{"type":"integer","minimum":1}}},"required":["a/b","c"],"additionalProperties":false}""");
        var result = await DoAsync(new JsonObject { ["op"] = "validate", ["text"] = """{"a/b":[1,0,"x"],"d":1}""", ["schema"] = schema });

        result["errors"]!.AsArray().Select(error => $"{error!["at"]} {error["problem"]}").ShouldBe(
            ["/a~1b/1 is less than 1", "/a~1b/2 must be integer", " lacks c", "/d is not allowed here"], ignoreOrder: true);
    }

    // What a schema asks and nobody checks would pass for checked.
    [Theory]
    [InlineData("""{"pattern":"(a+)+$"}""", "pattern")]
    [InlineData("""{"$ref":"https://example.org/schema"}""", "$ref")]
    [InlineData("""{"properties":{"a":{"format":"email"}}}""", "format")]
    [InlineData("""{"items":{"type":"text"}}""", "type")]
    [InlineData("""{"multipleOf":0}""", "multipleOf")]
    public async Task Validate_SchemaThatIsNotChecked_IsRefused(string schema, string named)
    {
        var refusal = await RefusedAsync(new JsonObject { ["op"] = "validate", ["text"] = "1", ["schema"] = JsonNode.Parse(schema) });
        refusal.Code.ShouldBe(ErrorCode.InvalidRequest);
        refusal.Hint!.ShouldContain(named);
    }

    [Fact]
    public async Task Validate_SchemaThatNeverEnds_IsGivenUp()
    {
        var wide = $"[{string.Join(',', Enumerable.Repeat("[[1,1,1,1],[1,1,1,1]]", 3000))}]";
        var schema = new JsonObject { ["items"] = new JsonObject { ["items"] = new JsonObject { ["items"] = new JsonObject { ["anyOf"] = new JsonArray([.. Enumerable.Range(0, 60).Select(_ => (JsonNode)new JsonObject { ["type"] = "null" })]) } } } };

        (await RefusedAsync(new JsonObject { ["op"] = "validate", ["text"] = wide, ["schema"] = schema })).Hint!.ShouldContain("too many steps");
    }

    [Fact]
    public async Task Validate_RandomSchemas_AgreesWithAjv()
    {
        await using var ajv = NodeScript.Start("schema.mjs");
        var wrong = new List<string>();
        var (fit, unfit) = (0, 0);
        foreach (var pair in (await ajv.AskAsync(new JsonObject { ["op"] = "pairs", ["count"] = 800 })).AsArray())
        {
            foreach (var one in pair!["values"]!.AsArray())
            {
                var job = new JsonObject { ["op"] = "validate", ["text"] = one!["value"]?.ToJsonString() ?? "null", ["schema"] = pair["schema"]!.DeepClone() };
                var fits = (bool)one["fits"]!;
                if (fits) fit++;
                else unfit++;
                var result = await DoAsync(job, 100_000);
                if ((bool)result["valid"]! != fits) wrong.Add($"{job.ToJsonString()}: {result.ToJsonString()}");
            }
        }

        wrong.ShouldBeEmpty();
        fit.ShouldBeGreaterThan(200);
        unfit.ShouldBeGreaterThan(200);
    }

    [Theory]
    [InlineData("""{"b":1,"a":[1.50]}""", """{"a":[1.5],"b":1}""")]
    [InlineData("Sure! Here it is:\n```json\n{\"a\": 1}\n```\nAnything else?", """{"a":1}""")]
    [InlineData("The set {x} is [1, 2] as asked", "[1,2]")]
    [InlineData("nothing {here", null)]
    public async Task Format_AsJson_FindsTheFirstValue(string text, string? json)
    {
        var result = await DoAsync(new JsonObject { ["op"] = "format", ["text"] = text, ["as"] = "json" });

        ((bool?)result["found"]).ShouldBe(json is not null);
        result["json"]?.ToJsonString().ShouldBe(json);
    }

    [Fact]
    public async Task Format_AsText_TidiesAndWraps()
    {
        var result = await DoAsync(new JsonObject { ["op"] = "format", ["text"] = "\n\nA  line of words that is too long \u0007\r\n\r\n\r\n\r\nnext  \n", ["as"] = "text", ["width"] = 20 });
        ((string?)result["text"]).ShouldBe("A line of words that\nis too long\n\nnext");
    }

    [Theory]
    [InlineData("words")]
    [InlineData("[]")]
    [InlineData("""{"op":"sanitize","text":"x"}""")]
    [InlineData("""{"op":"sanitise"}""")]
    [InlineData("""{"op":"sanitise","text":1}""")]
    [InlineData("""{"op":"sanitise","text":"x","txet":"y"}""")]
    [InlineData("""{"op":"chunk","text":"x","maxChars":1}""")]
    [InlineData("""{"op":"chunk","text":"x","maxChars":100,"overlapChars":51}""")]
    [InlineData("""{"op":"validate","text":"x"}""")]
    [InlineData("""{"op":"format","text":"x","as":"xml"}""")]
    public async Task Job_ThatIsNone_IsTheClientsMistake(string job) => (await RefusedAsync(job)).Code.ShouldBe(ErrorCode.InvalidRequest);

    [Fact]
    public async Task Job_NestedWithoutEnd_IsRefused() =>
        (await RefusedAsync("{\"op\":" + string.Concat(Enumerable.Repeat('[', 100_000)))).Code.ShouldBe(ErrorCode.InvalidRequest);

    [Fact]
    public async Task Result_LargerThanAskedFor_IsRefusedAndSaysHowMuchItIs()
    {
        var refusal = await RefusedAsync(new JsonObject { ["op"] = "sanitise", ["text"] = new string('x', 4000) });
        refusal.Code.ShouldBe(ErrorCode.MaxTokensExceeded);
        refusal.Hint!.ShouldContain("1006");
    }

    [Fact]
    public async Task Role_NotSwitchedOn_IsNotServed() =>
        (await RefusedAsync("{}", RoleTypes.Policy)).Code.ShouldBe(ErrorCode.ModelNotFound);

    private async Task<JsonObject> DoAsync(JsonObject job, int maxTokens = 1000)
    {
        var steps = await StepsAsync(job.ToJsonString(), maxTokens, RoleTypes.Prepost);
        var end = steps[^1].ShouldBeOfType<InferenceEnd>();
        var output = string.Concat(steps.OfType<InferenceDelta>().Select(delta => delta.Text));
        end.OutputTokens.ShouldBe((int)TokenEstimate.Of(output));
        Encoding.UTF8.GetByteCount(output).ShouldBeGreaterThan(0);
        return JsonNode.Parse(output)!.AsObject();
    }

    private Task<Refusal> RefusedAsync(JsonObject job) => RefusedAsync(job.ToJsonString());

    private async Task<Refusal> RefusedAsync(string job, string role = RoleTypes.Prepost) =>
        (await StepsAsync(job, 500, role)).ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal;

    private async Task<List<InferenceEvent>> StepsAsync(string job, int maxTokens, string role)
    {
        var steps = new List<InferenceEvent>();
        await foreach (var step in runner.StreamAsync(WireClient.Ask(role, job, maxTokens), CancellationToken.None)) steps.Add(step);
        return steps;
    }
}
