using System.Text;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>A router against a node that lies: every lie has its own name, the client gets 502 and nothing enters the books (MET-02, E2E-03).</summary>
public sealed class ForgedAnswerTests
{
    public static TheoryData<string, string> Lies => new()
    {
        { "response signature", "node-response-signature-invalid" },
        { "metering signature", "node-metering-signature-invalid" },
        { "other key", "node-response-key-mismatch" },
        { "other request answered", "node-response-mismatch" },
        { "other model answered", "node-response-mismatch" },
        { "not an envelope", "invalid-node-response" },
        { "metering not an envelope", "invalid-metering" },
        { "metered request", "request-id-mismatch" },
        { "metered node", "metering-node-mismatch" },
        { "metered model", "metering-model-mismatch" },
        { "prompt hash", "metering-prompt-hash-mismatch" },
        { "output hash", "metering-output-hash-mismatch" },
        { "input tokens", "metering-tokens-implausible" },
        { "output tokens", "metering-tokens-implausible" },
        { "bytes in", "metering-bytes-mismatch" },
        { "bytes out", "metering-bytes-mismatch" },
        { "time", "metering-ts-out-of-window" },
    };

    [Theory, MemberData(nameof(Lies))]
    public async Task Infer_NodeLies_ClientGets502AndTheBooksStayClean(string lie, string expected)
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base);
        Tell(node, lie);
        using var client = new WireClient(router.Base, KeyPair.Generate());
        var request = WireClient.Ask();

        var (status, body) = await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);

        WireClient.ErrorOf(body).ShouldBe(expected, body);
        ((int)status).ShouldBe(ErrorCodes.TryParse(expected, out var code) ? code.HttpStatus() : 0);
        router.Services.GetRequiredService<MeteringTable>().Get(request.RequestId).ShouldBeEmpty();
    }

    [Fact]
    public async Task InferStream_DeltasDifferFromTheSignedOutput_EndsWithStreamMismatch()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base);
        node.Streamed = ["An ", "advert."];
        using var client = new WireClient(router.Base, KeyPair.Generate());

        using var answer = await client.StreamAsync(WireClient.Ask());

        (await answer.Content.ReadAsStringAsync()).ShouldContain("event: error\ndata: {\"error\":\"stream-mismatch\"");
    }

    [Fact]
    public async Task InferStream_WithoutFinal_IsAFailure()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base);
        node.OmitFinal = true;
        using var client = new WireClient(router.Base, KeyPair.Generate());

        using var answer = await client.StreamAsync(WireClient.Ask());

        (await answer.Content.ReadAsStringAsync()).ShouldContain("event: error\ndata: {\"error\":\"stream-ended\"");
    }

    private static void Tell(ForgingNode node, string lie)
    {
        switch (lie)
        {
            case "response signature": node.ResponseWire = wire => Replace(wire, "An answer.", "Another one"); break;
            case "metering signature": node.MeteringWire = wire => Replace(wire, "\"outputTokens\":2", "\"outputTokens\":3"); break;
            case "other key": node.Signer = KeyPair.Generate(); break;
            case "other request answered": node.Response = response => response with { RequestId = "other" }; break;
            case "other model answered": node.Response = response => response with { ModelId = "other" }; break;
            case "not an envelope": node.ResponseWire = _ => "{}"u8.ToArray(); break;
            case "metering not an envelope": node.MeteringWire = _ => "{}"u8.ToArray(); break;
            case "metered request": node.Metering = record => record with { RequestId = "other" }; break;
            case "metered node": node.Metering = record => record with { NodeId = "other" }; break;
            case "metered model": node.Metering = record => record with { ModelId = "other" }; break;
            case "prompt hash": node.Metering = record => record with { PromptHash = new string('0', 64) }; break;
            case "output hash": node.Metering = record => record with { OutputHash = new string('0', 64) }; break;
            case "input tokens": node.Metering = record => record with { InputTokens = 5000 }; break;
            case "output tokens": node.Metering = record => record with { OutputTokens = 65 }; break;
            case "bytes in": node.Metering = record => record with { BytesIn = record.BytesIn + 1 }; break;
            case "bytes out": node.Metering = record => record with { BytesOut = record.BytesOut + 1 }; break;
            case "time": node.Metering = record => record with { Ts = record.Ts - 400_000 }; break;
            default: throw new ArgumentOutOfRangeException(nameof(lie), lie, null);
        }
    }

    private static byte[] Replace(byte[] wire, string text, string by)
    {
        var before = Encoding.UTF8.GetString(wire);
        before.ShouldContain(text);
        return Encoding.UTF8.GetBytes(before.Replace(text, by, StringComparison.Ordinal));
    }
}
