using System.Net;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>Tool calls and embeddings over the wire, signed by the node and checked by the router.</summary>
public sealed class ToolCallTests
{
    private static readonly JsonElement Tools = JsonElement.Parse("""[{"type":"function","function":{"name":"add","parameters":{"type":"object","properties":{"z":{},"a":{}}}}}]""");

    private static readonly ToolCallDelta[] Pieces =
    [
        new() { Index = 0, Id = "call_1", Name = "add", Arguments = "{\"z\":" },
        new() { Index = 0, Arguments = "1}" },
        new() { Index = 1, Id = "call_2", Name = "add", Arguments = "{}" },
    ];

    [Fact]
    public async Task InferStream_ToolCalls_ArriveInPiecesAndSigned()
    {
        var runner = new ScriptedRunner { Answer = _ => ["So: "], Calls = _ => Pieces };
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var request = WireClient.Ask() with { Tools = JsonInText.Write(Tools), ToolChoice = JsonElement.Parse("\"required\""), Salt = Convert.ToBase64String(new byte[32]) };

        using var stream = await client.StreamAsync(request);
        var events = await ReadAsync(stream);

        var chunks = events.Where(item => item.Type == "chunk").Select(item => JsonSerializer.Deserialize(item.Data, ProtocolJson.Default.InferenceStreamChunk)!).ToList();
        chunks.SelectMany(chunk => chunk.ToolCalls ?? []).ShouldBe(Pieces);
        chunks[0].ToolCalls.ShouldBeNull("absent members stay absent");
        SignedResult.TryOpen(JsonSerializer.Deserialize(events[^1].Data, ProtocolJson.Default.InferenceStreamFinal)!, federation.Nodes[0].Key.PublicKey, out var signed, out _).ShouldBeTrue(events[^1].Data);
        signed!.Response.ToolCalls.ShouldBe(ToolCalls.Join(Pieces));
        (signed.Response.FinishReason, signed.Response.Output).ShouldBe(("tool_calls", "So: "));
        MeteringRules.Check(request, signed, null, WireClient.Now, onlyAsAsked: true).ShouldBeNull();
        // The runner reads JSON again, with the members of the schema where they stood.
        runner.Requests.ShouldHaveSingleItem().Tools!.Value.GetRawText().ShouldBe(Tools.GetRawText());
    }

    [Fact]
    public async Task Infer_ModelWithoutTools_IsRefusedAndNotAsked()
    {
        var runner = new ScriptedRunner { Models = [new RunnerModel("scripted", 512, null)] };
        await using var federation = await TestFederation.StartAsync(runner);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        var (status, body) = await client.PostAsync("infer", WireClient.Ask() with { Tools = Tools }, ProtocolJson.Default.InferenceRequest);

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.BadRequest, "unsupported-parameter"));
        runner.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Infer_ToolsAndOneNodeOfTwoKnowsThem_ThatOneIsAsked()
    {
        var (plain, able) = (new ScriptedRunner { Models = [new RunnerModel("scripted", 512, null)] }, new ScriptedRunner { Calls = _ => Pieces });
        await using var federation = await TestFederation.StartAsync(plain, able);
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        for (var i = 0; i < 4; i++)
            (await client.PostAsync("infer", WireClient.Ask() with { Tools = Tools }, ProtocolJson.Default.InferenceRequest)).Status.ShouldBe(HttpStatusCode.OK);

        (plain.Requests.Count, able.Requests.Count).ShouldBe((0, 4));
    }

    [Fact]
    public async Task Infer_Embedding_IsVectorsOfAllInputsAndNoOutputTokens()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        var request = WireClient.Ask() with { Messages = null, JobType = RouterJobType.Embedding, Inputs = ["ab", "c"], MaxTokens = 1 };

        var (status, body) = await client.PostAsync("infer", request with { Prompt = "" }, ProtocolJson.Default.InferenceRequest);

        status.ShouldBe(HttpStatusCode.OK, body);
        SignedResult.TryOpen(JsonSerializer.Deserialize(body, ProtocolJson.Default.InferenceStreamFinal)!, null, out var signed, out _).ShouldBeTrue();
        signed!.Response.Output.ShouldBe(Convert.ToBase64String([.. new[] { 0.6f, 0.8f, 1f, 0f }.SelectMany(BitConverter.GetBytes)]));
        (signed.Metering.InputTokens, signed.Metering.OutputTokens).ShouldBe((14, 0));
    }

    [Fact]
    public async Task Infer_ModelIsLoading_SaysHowFar()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner { Loading = new LoadProgress { Percent = 40, EtaMs = 9000 } });
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        var (status, body) = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.ServiceUnavailable, "model-loading"));
        body.ShouldContain("""
            "loading":{"percent":40,"etaMs":9000}
            """.Trim());
    }

    private static async Task<List<(string Type, string Data)>> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame => frame.Split('\n')).Select(lines => (lines[0]["event: ".Length..], lines[1]["data: ".Length..]))];
    }
}
