using System.Text.Json.Nodes;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Control;
using FedAi.Daemon.Hosting;
using FedAi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Cli;

public sealed class ApiKeysCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task New_WithoutADaemon_IsThereWhenOneStartsAndCanBeRevokedThere()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        var made = await Fedai.RunAsync("apikeys", "new", "--data", folder.Path, "--name", "laptop", "--tokens", "1000", "--per", "day", "--models", "a", "b", "--json");
        made.ExitCode.ShouldBe(0, made.Errors);
        var key = JsonNode.Parse(made.Output)!;
        var secret = (string)key["key"]!;

        await using var router = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        var keys = router.Services.GetRequiredService<ApiKeys>();
        keys.Find(secret).Account.ShouldNotBeNull();
        var listed = await Fedai.RunAsync("apikeys", "list", "--data", folder.Path);
        var revoked = await Fedai.RunAsync("apikeys", "revoke", "--data", folder.Path, (string)key["id"]!);

        (listed.ExitCode, revoked.ExitCode).ShouldBe((0, 0));
        listed.Output.ShouldContain("laptop");
        listed.Output.ShouldContain("1000 a day");
        listed.Output.ShouldNotContain(secret);
        keys.Find(secret).Refusal!.Hint!.ShouldContain("revoked");
        var after = JsonNode.Parse((await Fedai.RunAsync("apikeys", "list", "--data", folder.Path, "--json")).Output)!["keys"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)after["state"]!, after["key"], after["models"]!.ToJsonString()).ShouldBe(("revoked", null, """["a","b"]"""));
    }

    [Fact]
    public async Task Rotate_RunningDaemon_GivesANewSecretAndEndsTheOldOne()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        var npub = router.Key.PublicKey.Npub;
        var made = JsonNode.Parse((await Fedai.RunAsync("apikeys", "new", "--data", folder.Path, "--npub", npub, "--json")).Output)!;

        var rotated = await Fedai.RunAsync("apikeys", "rotate", "--data", folder.Path, (string)made["id"]!, "--grace", "0");

        var keys = router.Services.GetRequiredService<ApiKeys>();
        keys.Find((string)made["key"]!).Refusal!.Hint!.ShouldContain("replaced");
        keys.Find(rotated.Output.Split('\n')[0]).Account!.Key.Npub.ShouldBe(npub);
    }

    [Fact]
    public async Task Usage_OfNamespaces_IsSummedUpForEach()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        var keys = router.Services.GetRequiredService<ApiKeys>();
        foreach (var (group, tokens) in new (string?, int)[] { ("team-a", 5), ("team-a", 7), ("team-b", 11), (null, 13) })
        {
            var made = await Fedai.RunAsync(["apikeys", "new", "--data", folder.Path, "--npub", router.Key.PublicKey.Npub, "--name", "x", "--json", .. group is null ? (string[])[] : ["--namespace", group]]);
            made.ExitCode.ShouldBe(0, made.Errors);
            await keys.Find((string)JsonNode.Parse(made.Output)!["key"]!).Account!.SettleAsync(0, tokens);
        }

        var told = JsonNode.Parse((await Fedai.RunAsync("apikeys", "usage", "--data", folder.Path, "--json")).Output)!;

        told["namespaces"]!.AsArray().Select(group => ((string)group!["namespace"]!, (int)group["keys"]!, (long)group["usedTokens"]!, (long)group["requests"]!))
            .ShouldBe([("", 1, 13, 1), ("team-a", 2, 12, 2), ("team-b", 1, 11, 1)]);
        told["keys"].ShouldBeNull();
        (await Fedai.RunAsync("apikeys", "usage", "--data", folder.Path)).Output.ShouldContain("team-a");
        (await Fedai.RunAsync("apikeys", "list", "--data", folder.Path)).Output.ShouldContain("team-b/x");
        (await Fedai.RunAsync("apikeys", "new", "--data", folder.Path, "--npub", router.Key.PublicKey.Npub, "--namespace", "a b")).Errors.ShouldContain("--namespace");
        await router.StopAsync();
        (await Fedai.RunAsync("apikeys", "usage", "--data", folder.Path)).Output.ShouldContain("team-a", customMessage: "it is in the store");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Limit_OfANamespace_IsShownAndHoldsAfterARestart(bool running)
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        await Fedai.RunAsync("apikeys", "new", "--data", folder.Path, "--namespace", "team-a");
        var router = running ? await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path) : null;

        var limited = await Fedai.RunAsync("apikeys", "limit", "team-a", "--tokens", "5000", "--per", "month", "--data", folder.Path);
        if (router is not null) await router.DisposeAsync();

        limited.ExitCode.ShouldBe(0, limited.Errors);
        limited.Output.ShouldBe($"team-a: 5000 a month shared by its keys (1 now), 0 used{Environment.NewLine}");
        (await Fedai.RunAsync("apikeys", "usage", "--data", folder.Path)).Output.ShouldContain("5000 a month");
        JsonNode.Parse((await Fedai.RunAsync("apikeys", "usage", "--data", folder.Path, "--json")).Output)!["namespaces"]![0]!["limit"]!.ToJsonString().ShouldBe("""{"tokens":5000,"period":"month","usedTokens":0,"reservedTokens":0}""");
        (await Fedai.RunAsync("apikeys", "limit", "team-a", "--none", "--data", folder.Path)).Output.ShouldContain("no limit");
        (await Fedai.RunAsync("apikeys", "usage", "--data", folder.Path)).Output.ShouldContain("no limit");
    }

    [Theory]
    [InlineData("say --tokens", "team")]
    [InlineData("say --tokens", "team", "--tokens", "5", "--none")]
    [InlineData("--per must be", "team", "--tokens", "5", "--per", "week")]
    [InlineData("--tokens must be", "team", "--tokens", "0")]
    [InlineData("a-z, A-Z", "no/name", "--tokens", "5")]
    public async Task Limit_Nonsense_SaysWhatToWrite(string said, params string[] arguments)
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);

        var told = await Fedai.RunAsync(["apikeys", "limit", .. arguments, "--data", folder.Path]);

        (told.ExitCode, told.Errors.Contains(said, StringComparison.Ordinal)).ShouldBe((2, true), told.Errors);
    }

    [Fact]
    public async Task Usage_DaemonFromBeforeThereWereNamespaces_SaysToRestartIt()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(ControlSocket.PathFor(folder.Path)));
        await using var older = builder.Build();
        older.MapPost("/apikeys", (RequestDelegate)(context => context.Response.WriteAsync("""{"keys":[]}""")));
        await older.StartAsync();

        var told = await Fedai.RunAsync("apikeys", "usage", "--data", folder.Path);

        (told.ExitCode, told.Output).ShouldBe((75, ""));
        told.Errors.ShouldContain("of another version: restart it");
    }

    [Fact]
    public async Task New_WrongLimits_SaysAllThatIsWrong()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);

        var made = await Fedai.RunAsync("apikeys", "new", "--data", folder.Path, "--rps", "0", "--per", "week");

        made.ExitCode.ShouldBe(2);
        made.Errors.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain("--per");
        made.Errors.ShouldContain("--rps");
    }

    [Fact]
    public async Task ApiKeys_OverTheLoopbackPort_AreNotToBeHad()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        using var http = new HttpClient { BaseAddress = router.Base };
        using var order = new StringContent("""{"op":"list"}""");

        using var answer = await http.PostAsync(new Uri("apikeys", UriKind.Relative), order);

        ((int)answer.StatusCode).ShouldBe(404);
    }
}
