using System.Net;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.Protocol.Rules;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>A router proves that a record is under a root it announced: to those whom the record concerns, and to nobody else.</summary>
public sealed class ReceiptTests : IDisposable
{
    private const long Quarter = 900_000;

    private readonly TempFolder folder = new();
    private readonly KeyPair node = KeyPair.Generate(), client = KeyPair.Generate(), stranger = KeyPair.Generate();
    private readonly ShiftedTime clock = new(AwayFromTheBorder());

    public void Dispose()
    {
        foreach (var key in (KeyPair[])[node, client, stranger]) key.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Receipt_OfAnAnnouncedRecord_IsProvenToItsClientAndItsNode()
    {
        using var key = KeyPair.Generate();
        await using (var before = await StartAsync(key))
            for (var i = 0; i < 5; i++) await BookAsync(before, $"request-{i}", LastWindow + i);
        await using var router = await StartAsync(key);
        var hub = router.Services.GetRequiredService<RelayHub>();
        await Patience.UntilAsync(() => hub.Find([new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.ReceiptSummary } }]).Count > 0);
        var record = router.Services.GetRequiredService<StoreTables>().Metering.Get("request-3").ShouldHaveSingleItem();

        foreach (var asker in (KeyPair[])[client, node])
        {
            var (status, body) = await AskAsync(router, asker, "request-3");

            status.ShouldBe(HttpStatusCode.OK, body);
            var report = ProofRules.Check(System.Text.Encoding.UTF8.GetBytes($$"""{"metering":{{System.Text.Encoding.UTF8.GetString(record.Envelope)}},"receipt":{{body}}}"""));
            report.Problems.ShouldBeEmpty();
            (report.Receipt!.LeafCount, report.Receipt.RouterId).ShouldBe((5, router.Key.PublicKey.Npub));
            report.Receipt.Event.ShouldNotBeNull("the root was announced at the start");
        }

        var proof = await WrittenAsync(router, "request-3");
        var fetched = await FetchAsync(router, proof, client);
        fetched.ExitCode.ShouldBe(0, fetched.Errors);
        (await FetchAsync(router, "-", client, input: await File.ReadAllTextAsync(proof))).ExitCode.ShouldBe(0, "- is standard input");
        await File.WriteAllTextAsync(proof, fetched.Output);
        var verified = await Fedai.RunAsync("metering", "verify", proof);
        verified.ExitCode.ShouldBe(0, verified.Output);
        verified.Output.ShouldContain($"in the books of {router.Key.PublicKey.Npub}: one of 5 records");
        verified.Output.ShouldContain("as it announced");
    }

    [Fact]
    public async Task Receipt_OfAnothersRecordOrNone_TellsNothing()
    {
        using var key = KeyPair.Generate();
        await using var router = await StartAsync(key);
        await BookAsync(router, "request", LastWindow);

        var (theirs, none) = (await AskAsync(router, stranger, "request"), await AskAsync(router, client, "no-such-request"));

        theirs.ShouldBe(none);
        WireClient.ErrorOf(theirs.Body).ShouldBe(ErrorCode.MeteringUnknownRequest.Wire());
        var fetched = await FetchAsync(router, await WrittenAsync(router, "request"), stranger);
        fetched.ExitCode.ShouldBe(1);
        fetched.Errors.ShouldContain("this key (--data) neither asked nor ran that request there");
    }

    [Fact]
    public async Task Receipt_AskedForAgainAndAgain_IsSlowedDownAndAnotherIsNot()
    {
        using var key = KeyPair.Generate();
        await using var router = await StartAsync(key);
        await BookAsync(router, "request", LastWindow);

        for (var i = 0; i < 16; i++) (await AskAsync(router, client, "request")).Status.ShouldBe(HttpStatusCode.OK);

        (await AskAsync(router, client, "request")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(router, node, "request")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Receipt_BeforeTheRootIsFinal_SaysWhenToAsk()
    {
        using var key = KeyPair.Generate();
        await using var router = await StartAsync(key);
        await BookAsync(router, "request", Now);

        var (_, body) = await AskAsync(router, client, "request");

        body.ShouldContain("is announced in");
        var fetched = await FetchAsync(router, await WrittenAsync(router, "request"), client);
        fetched.ExitCode.ShouldBe(75);
        fetched.Errors.ShouldMatch("that quarter of an hour is announced in [0-9]+ s: ask again then");
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The first moment of the newest quarter of an hour whose root is announced.</summary>
    private long LastWindow => (Now - 360_000) / Quarter * Quarter - Quarter;

    private Task<TestDaemon> StartAsync(KeyPair key) =>
        TestDaemon.StartAsync(Role.Router, new FedAiOptions(), services => services.AddSingleton<TimeProvider>(clock), key, Directory.CreateDirectory(folder.File("router")).FullName);

    private async Task BookAsync(TestDaemon router, string requestId, long ts)
    {
        var signed = SignedResults.For(WireClient.Ask() with { RequestId = requestId }, "An answer.", node);
        var record = signed.Metering with { Ts = ts };
        var envelope = EnvelopeSealer.Seal(record, ProtocolJson.Default.MeteringRecord, node, ts);
        var row = MeteringRows.Of(record, node.PublicKey, client.PublicKey.Npub, envelope);
        (await router.Services.GetRequiredService<StoreTables>().Metering.AddAsync(row, Durability.Full)).ShouldBeNull();
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(TestDaemon router, KeyPair asker, string requestId)
    {
        using var http = new WireClient(router.Base, asker);
        return await http.PostAsync("receipt", new ReceiptRequest { RequestId = requestId }, ProtocolJson.Default.ReceiptRequest);
    }

    private async Task<string> WrittenAsync(TestDaemon router, string requestId)
    {
        var proof = folder.File("proof.json");
        await File.WriteAllBytesAsync(proof, router.Services.GetRequiredService<StoreTables>().Metering.Get(requestId)[0].Envelope);
        return proof;
    }

    /// <summary>What fedai metering receipt does for whoever has this key.</summary>
    private async Task<CommandResult> FetchAsync(TestDaemon router, string proof, KeyPair asker, string input = "")
    {
        var data = Directory.CreateDirectory(folder.File(asker.PublicKey.Hex[..8])).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "identity.nsec"), asker.ToNsec());
        File.SetUnixFileMode(Path.Combine(data, "identity.nsec"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return await Fedai.RunAsync(input, ["metering", "receipt", proof, "--router", $"{router.Key.PublicKey.Npub}@{router.Base}", "--data", data]);
    }

    /// <summary>Six minutes into each quarter of an hour another root becomes the newest; no test runs across that.</summary>
    private static TimeSpan AwayFromTheBorder()
    {
        var into = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() % Quarter;
        return into is > 240_000 and < 370_000 ? TimeSpan.FromSeconds(140) : TimeSpan.Zero;
    }
}
