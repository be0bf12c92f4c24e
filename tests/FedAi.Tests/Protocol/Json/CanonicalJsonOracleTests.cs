using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Json;

/// <summary>JSON.parse and the stable stringify that existing software signs with, on thousands of random texts.</summary>
public sealed class CanonicalJsonOracleTests
{
    private const int Texts = 4000;

    [Fact]
    public async Task CanonicalJson_RandomText_IsWhatExistingSoftwareWrites()
    {
        var json = new RandomJson(seed: 20260123);
        var texts = Enumerable.Range(0, Texts).Select(_ => Encoding.UTF8.GetBytes(json.Next())).ToList();

        var expected = await AskAsync(texts);

        for (var i = 0; i < texts.Count; i++) Ours(texts[i]).ShouldBe(expected[i], Encoding.UTF8.GetString(texts[i]));
        expected.ShouldAllBe(canonical => canonical != null);
    }

    [Fact]
    public async Task CanonicalJson_MutatedText_IsRefusedOrReadAsExistingSoftwareDoes()
    {
        var json = new RandomJson(seed: 31051977);
        var texts = Enumerable.Range(0, Texts).Select(_ => json.Mutate(Encoding.UTF8.GetBytes(json.Next()))).ToList();

        var expected = await AskAsync(texts);

        for (var i = 0; i < texts.Count; i++) Ours(texts[i]).ShouldBe(expected[i], Convert.ToBase64String(texts[i]));
        // Otherwise the mutations would be too gentle, or too rough, to show anything.
        expected.Count(canonical => canonical is null).ShouldBeInRange(Texts / 10, Texts * 9 / 10);
    }

    [Fact]
    public void CanonicalJson_OfCanonical_IsItself()
    {
        var json = new RandomJson(seed: 7);
        for (var i = 0; i < Texts; i++)
        {
            var canonical = CanonicalJson.Of(json.Mutate(Encoding.UTF8.GetBytes(json.Next())));
            if (canonical is null) continue;
            CanonicalJson.Of(canonical).ShouldBe(canonical);
            using var document = CanonicalJson.ToDocument(canonical);
            document.RootElement.GetRawText().Length.ShouldBeGreaterThan(0);
        }
    }

    private static async Task<IReadOnlyList<string?>> AskAsync(IEnumerable<byte[]> texts)
    {
        await using var script = NodeScript.Start("documents.mjs");
        var question = new JsonObject { ["op"] = "canonical", ["texts"] = new JsonArray([.. texts.Select(text => (JsonNode)Convert.ToBase64String(text))]) };
        return [.. (await script.AskAsync(question)).AsArray().Select(canonical => (string?)canonical)];
    }

    private static string? Ours(byte[] text) => CanonicalJson.Of(text) is { } canonical ? Encoding.UTF8.GetString(canonical) : null;
}
