using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Processes;

/// <summary>
/// Where the text of a request can be found while its answer streams (DECISIONS E25): router, relay and gateway are processes of their own, the
/// node stops in the middle of its answer for as long as the search takes.
/// </summary>
public sealed class LeakTests
{
    private static CancellationToken Limit => new CancellationTokenSource(Patience.Limit * 2).Token;

    [ProcessMemoryFact]
    public async Task Router_WhileAnAnswerStreams_HoldsNothingOfItAtPL2AndAllOfItAtPL1()
    {
        var limit = Limit;
        await using var federation = new ProcessFederation(Fedai.Executable);
        var router = await federation.StartRouterAsync(limit);
        await using var capture = await RelayCapture.StartAsync(ProcessFederation.RelayOf(router));
        await using var node = await NodeAsync(federation, router, limit);
        var settings = new JsonObject { ["gateway"] = new JsonObject { ["nodes"] = new JsonObject { ["allow"] = new JsonArray(node.Key.PublicKey.Npub) } } };
        var gateway = await federation.StartGatewayAsync(capture.Url, limit, settings: settings);
        using var client = new ChatClient(gateway.Url);
        var model = await client.FirstModelAsync(limit);

        var (prompt, answer) = Markers();
        using (await StreamingAsync(client, model, prompt, answer, PrivacyLevel.PL2, limit))
        {
            foreach (var marker in new[] { prompt, answer })
            {
                ProcessMemory.Find(router.Id, marker).ShouldBeNull();
                LeakSearch.Find(await OutsideAsync(federation, router, gateway, capture, limit), marker).ShouldBeNull();
                ProcessMemory.Find(gateway.Id, marker).ShouldNotBeNull("that is where it belongs");
            }
        }

        var (plainPrompt, plainAnswer) = Markers();
        using (await StreamingAsync(client, model, plainPrompt, plainAnswer, PrivacyLevel.PL1, limit))
        {
            ProcessMemory.Find(router.Id, plainPrompt).ShouldNotBeNull("or the search above looked at nothing");
            ProcessMemory.Find(router.Id, plainAnswer).ShouldNotBeNull("or the search above looked at nothing");
            foreach (var marker in new[] { plainPrompt, plainAnswer }) LeakSearch.Find(await OutsideAsync(federation, router, gateway, capture, limit), marker).ShouldBeNull();
        }

        // Nor is it there when the answer has ended.
        ProcessMemory.Find(router.Id, prompt).ShouldBeNull();
        LeakSearch.Find(await OutsideAsync(federation, router, gateway, capture, limit), "CAPS_ANNOUNCE").ShouldNotBeNull("or the search above looked at nothing");
    }

    /// <summary>A node that answers a question with the word that stands in it, backwards, and then stops until it is left.</summary>
    private static async Task<TestDaemon> NodeAsync(ProcessFederation federation, FedaiProcess router, CancellationToken limit) => await TestDaemon.StartAsync(
        Role.Node,
        new FedAiOptions { Node = new NodeOptions { Routers = [$"{await federation.NpubAsync("router", limit)}@{router.Url}"] } },
        services => services.AddSingleton<FedAi.Runners.IRunner>(new ScriptedRunner { Answer = request => [Backwards(request.Messages!.Single().Content), " and more."], StallAt = 1 }));

    /// <summary>Random, so that no earlier run left them anywhere; the answer cannot be had from the prompt without reading it.</summary>
    private static (string Prompt, string Answer) Markers()
    {
        var prompt = $"marker{Guid.CreateVersion7():N}";
        return (prompt, Backwards(prompt));
    }

    private static string Backwards(string text) => new([.. text.Reverse()]);

    /// <summary>Asks, and comes back when the first piece of the answer is here and the rest is not.</summary>
    private static async Task<HttpResponseMessage> StreamingAsync(ChatClient client, string model, string prompt, string answer, PrivacyLevel level, CancellationToken limit)
    {
        var response = await client.PostAsync(model, prompt, maxTokens: null, limit, level);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit));
        while (await reader.ReadLineAsync(limit) is { } line)
            if (line.Contains(answer, StringComparison.Ordinal)) return response;
        throw new InvalidOperationException("the answer ended without what it should say");
    }

    /// <summary>Logs, disks, metrics and everything the relay saw.</summary>
    private static async Task<byte[]> OutsideAsync(ProcessFederation federation, FedaiProcess router, FedaiProcess gateway, RelayCapture capture, CancellationToken limit)
    {
        using var http = new HttpClient();
        var found = new MemoryStream();
        found.Write(Encoding.UTF8.GetBytes(router.Output + gateway.Output));
        found.Write(await http.GetByteArrayAsync(new Uri(router.Url, "metrics"), limit));
        foreach (var frame in capture.Frames) found.Write(frame);
        foreach (var name in new[] { "router", "gateway" })
            foreach (var file in Directory.EnumerateFiles(federation.Data(name), "*", SearchOption.AllDirectories).Where(File.Exists))
                found.Write(await ReadAsync(file, limit));
        return found.ToArray();
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken limit)
    {
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, limit);
            return bytes.ToArray();
        }
        catch (IOException)
        {
            return []; // a socket, or gone meanwhile
        }
    }
}
