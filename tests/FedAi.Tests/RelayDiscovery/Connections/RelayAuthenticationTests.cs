using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;
using FedAi.TestKit;

namespace FedAi.Tests.RelayDiscovery.Connections;

/// <summary>NIP-42: a relay that wants to know who we are, and how little it gets.</summary>
public sealed class RelayAuthenticationTests
{
    private readonly ConcurrentQueue<JsonNode> proofs = new();

    [Fact]
    public async Task Publish_AuthRequired_ProvesOurKeyOnceAndSendsAgain()
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(AskForProofAsync);
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick, key, new PooledRelay(relay.Url, Publishes: true));

        var first = await pool.Pool.PublishAsync(SampleEvents.Announce(key, "one"), default);
        var second = await pool.Pool.PublishAsync(SampleEvents.Announce(key, "two"), default);

        first.ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.Accepted);
        second.ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.Accepted);
        var proof = proofs.ShouldHaveSingleItem();
        NostrEvent.TryParse(Encoding.UTF8.GetBytes(proof.ToJsonString()), out var signed).ShouldBeTrue();
        signed!.Verify().ShouldBeTrue();
        (signed.Kind, signed.Author, signed.TagValue("challenge"), signed.TagValue("relay")).ShouldBe((NostrKinds.RelayAuth, Hex32.From(key.PublicKey), "prove-it", relay.Url.ToString()));
    }

    [Fact]
    public async Task Subscribe_ClosedForAuth_ProvesOurKeyAndAsksAgain()
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(AskForProofAsync);
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick, key, new PooledRelay(relay.Url, Publishes: false));

        var subscription = await pool.Pool.SubscribeAsync(SampleEvents.Announcements, default);

        // The reader is not told that the relay has nothing before it was asked as it wants to be.
        var stored = await subscription.ReadStoredAsync(Patience.Limit, default).ToListAsync();
        stored.ShouldHaveSingleItem();
        proofs.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, true)] // configured, but no key to show
    [InlineData(false, false)] // found by others, so it learns nothing
    public async Task Publish_AuthRequiredWhereWeShowNoKey_IsRefusedAndTheRelayDemoted(bool configured, bool withoutKey)
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(AskForProofAsync);
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick, withoutKey ? null : key, new PooledRelay(relay.Url, Publishes: true, configured));

        var result = await pool.Pool.PublishAsync(SampleEvents.Announce(key), default);

        result.ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.AuthRequired);
        pool.Pool.Status[0].IsDemoted.ShouldBeTrue();
        proofs.ShouldBeEmpty();
    }

    [Fact]
    public async Task Publish_FoundRelayAsksAndTheOperatorAllowsIt_ProvesOurKey()
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(AskForProofAsync);
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick with { AuthenticateToFound = true }, key, new PooledRelay(relay.Url, Publishes: true, Configured: false));

        (await pool.Pool.PublishAsync(SampleEvents.Announce(key), default)).ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.Accepted);
    }

    [Fact]
    public async Task Publish_RelayThatIsNeverContent_GetsOneProofPerConnection()
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            for (var i = 0; ; i++)
            {
                await client.SendAsync($"[\"AUTH\",\"challenge-{i}\"]");
                var frame = await client.ReceiveAsync();
                if ((string)frame[0]! == "AUTH") proofs.Enqueue(frame[1]!);
                await client.SendAsync(new JsonArray("OK", (string)frame[1]!["id"]!, (string)frame[0]! == "AUTH", "auth-required: not enough").ToJsonString());
            }
        });
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick with { FirstPause = TimeSpan.Zero }, key, new PooledRelay(relay.Url, Publishes: true));

        foreach (var what in (string[])["one", "two", "three"])
            (await pool.Pool.PublishAsync(SampleEvents.Announce(key, what), default, urgent: true)).ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.AuthRequired);

        proofs.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Challenge_ThatNothingNeeds_IsNotAnswered()
    {
        using var key = KeyPair.Generate();
        await using var relay = await ScriptedRelay.StartAsync(async (_, client) =>
        {
            await client.SendAsync("[\"AUTH\",\"just-asking\"]");
            var frame = await client.ReceiveAsync();
            if ((string)frame[0]! == "AUTH") proofs.Enqueue(frame[1]!);
            await client.SendAsync(new JsonArray("OK", (string)frame[1]!["id"]!, true, "").ToJsonString());
            await client.ReceiveAsync();
        });
        await using var pool = await RunningPool.StartAsync(RunningPool.Quick, key, new PooledRelay(relay.Url, Publishes: true));

        (await pool.Pool.PublishAsync(SampleEvents.Announce(key), default)).ShouldHaveSingleItem().Verdict.ShouldBe(RelayVerdict.Accepted);

        proofs.ShouldBeEmpty();
    }

    /// <summary>Takes nothing and tells nothing before it knows the key.</summary>
    private async Task AskForProofAsync(ScriptedRelay relay, WebSocket client)
    {
        var known = false;
        await client.SendAsync("[\"AUTH\",\"prove-it\"]");
        while (true)
        {
            var frame = await client.ReceiveAsync();
            switch ((string)frame[0]!)
            {
                case "AUTH":
                    proofs.Enqueue(frame[1]!);
                    known = true;
                    await client.SendAsync(new JsonArray("OK", (string)frame[1]!["id"]!, true, "").ToJsonString());
                    break;
                case "EVENT":
                    await client.SendAsync(new JsonArray("OK", (string)frame[1]!["id"]!, known, known ? "" : "auth-required: who are you").ToJsonString());
                    break;
                case "REQ" when known:
                    using (var key = KeyPair.Generate()) await client.SendAsync(RelayFrame.WriteEvent((string)frame[1]!, SampleEvents.Announce(key)));
                    await client.SendAsync(RelayFrame.WriteEose((string)frame[1]!));
                    break;
                case "REQ":
                    await client.SendAsync(RelayFrame.WriteClosed((string)frame[1]!, "auth-required: who are you"));
                    break;
            }
        }
    }
}
