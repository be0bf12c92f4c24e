using System.Net;
using System.Text.Json;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>Clients that open a stream and do not read it, through router, node and a real model of four slots.</summary>
public sealed class SlowReadersTests
{
    [Fact]
    public async Task InferStream_TwoHundredWhoDoNotRead_HoldUpNobodyAndLoseNothing()
    {
        const int readers = 200, tokens = 50;
        using var folder = new TempFolder();
        TinyGguf.WriteSaying(folder.File("saying.gguf"), "abcdefghij", endless: true);
        await using var runner = await DemoModel.StartAsync(new LlamaRunnerOptions { ModelPath = folder.File("saying.gguf"), ModelId = "saying", ContextTokens = 512 });
        await using var federation = await TestFederation.StartAsync();
        var node = await federation.AddNodeAsync(runner, new NodeOptions { MaxConcurrency = readers + 1 });
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());
        using var patience = new CancellationTokenSource(Patience.Limit);

        var slow = await Task.WhenAll(Enumerable.Range(0, readers).Select(async _ =>
        {
            var reader = new StreamReader(await (await client.StreamAsync(Ask(tokens), patience.Token)).Content.ReadAsStreamAsync(patience.Token));
            (await reader.ReadLineAsync(patience.Token)).ShouldBe("event: chunk");
            return reader;
        }));

        // All of them have begun, none of them reads on, and the next one is served.
        var (status, body) = await client.PostAsync("infer", Ask(20), ProtocolJson.Default.InferenceRequest);
        status.ShouldBe(HttpStatusCode.OK, body);
        body.ShouldContain("\"abcdefghijabcdefghij\"");

        foreach (var reader in slow)
        {
            using (reader)
            {
                var events = ("event: chunk\n" + await reader.ReadToEndAsync(patience.Token)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
                var said = events[..^1].Select(text => JsonDocument.Parse(text["event: chunk\ndata: ".Length..]).RootElement.GetProperty("delta").GetString());
                string.Concat(said).ShouldBe(string.Concat(Enumerable.Repeat("abcdefghij", tokens / 10)));
                events[^1].ShouldStartWith("event: final");
            }
        }

        node.Services.GetRequiredService<CapacityGate>().Running.ShouldBe(0);
    }

    /// <summary>The model goes on from the colon.</summary>
    private static InferenceRequest Ask(int tokens) => WireClient.Ask("saying", prompt: "hello:", maxTokens: tokens) with { Temperature = 0 };
}
