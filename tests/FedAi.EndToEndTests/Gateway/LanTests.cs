using System.Net;
using System.Text.Json.Nodes;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.OpenAi;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Gateway;

/// <summary>A federation of one's own in a LAN, over plain http and without a certificate anywhere (REQUIREMENTS RAP-05).</summary>
public sealed class LanTests
{
    [LanFact]
    public async Task Chat_OverPlainHttp_IsAnsweredWhereTheOperatorSaysThatThisWillDo()
    {
        var runner = new ScriptedRunner();
        await using var router = await TestDaemon.StartAsync(Role.Router, new FedAiOptions
        {
            Http = new HttpOptions { Listen = new IPEndPoint(LanFactAttribute.Address!, 0).ToString(), AllowPlain = true, AllowPrivate = PrivateNetworks.Lan },
            Router = new RouterOptions { Admit = new AdmitOptions { Nodes = Admit.Anyone } },
            Api = new ApiOptions { Privacy = PrivacyLevel.PL0 },
        });
        await using var node = await TestDaemon.StartAsync(Role.Node,
            new FedAiOptions { Node = new NodeOptions { Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}"] } }, services => services.AddSingleton<IRunner>(runner));
        await using var open = await GatewayAsync(router, new ApiOptions { Privacy = PrivacyLevel.PL0 });
        await using var careful = await GatewayAsync(router, new ApiOptions());

        var (status, body) = await AskAsync(open);
        status.ShouldBe(200, body);
        body.ShouldContain("A scripted answer.");
        runner.Requests.ShouldHaveSingleItem();
        (await AskAsync(open, "PL1")).Status.ShouldBe(503, "what a request says counts");

        (status, body) = await AskAsync(careful);
        (status, (string?)JsonNode.Parse(body)!["error"]!["code"]).ShouldBe((503, "privacy_unsupported"));
        (await AskAsync(careful, "PL0")).Status.ShouldBe(200);

        // The same client with a key of the router, which it asks itself.
        var (_, secret, _) = await router.Services.GetRequiredService<ApiKeys>().IssueAsync(new ApiKeyRow { Id = "", Npub = router.Key.PublicKey.Npub, Name = "", CreatedMs = 0 });
        (await AskAsync(router, key: secret)).Status.ShouldBe(200);
        (await AskAsync(router)).Status.ShouldBe(401);
    }

    private static async Task<TestDaemon> GatewayAsync(TestDaemon router, ApiOptions api)
    {
        var gateway = await TestDaemon.StartAsync(Role.Gateway, new FedAiOptions
        {
            Http = new HttpOptions { AllowPrivate = PrivateNetworks.Lan },
            Relays = new RelayOptions { Bootstrap = [$"ws://{router.Base.Authority}/relay"], AllowPlain = true },
            Api = api,
        });
        await Patience.UntilAsync(() => gateway.Services.GetRequiredService<IInferenceBackend>().Models.Count > 0);
        return gateway;
    }

    private static async Task<(int Status, string Body)> AskAsync(TestDaemon edge, string? level = null, string? key = null)
    {
        using var http = new HttpClient { BaseAddress = edge.Base };
        if (key is not null) http.DefaultRequestHeaders.Add("Authorization", "Bearer " + key);
        if (level is not null) http.DefaultRequestHeaders.Add("x-fedai-privacy", level);
        using var answer = await http.PostAsync("v1/chat/completions", new StringContent("""{"model":"auto","messages":[{"role":"user","content":"hello"}]}"""));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
