using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Peering;

public sealed class RelayIngestTests : IDisposable
{
    private readonly KeyPair router = KeyPair.Generate();
    private readonly KeyPair other = KeyPair.Generate();
    private readonly ManualTime clock = new();
    private readonly RouterDirectory directory;
    private readonly RelayIngest ingest;

    private static TrustScores Open => new(PeerLists.Empty, new WotOptions());

    public RelayIngestTests()
    {
        directory = new RouterDirectory(clock);
        ingest = Ingest(Open);
    }

    private SampleAnnouncement Sample => new(router, clock.GetUtcNow().ToUnixTimeMilliseconds());

    public void Dispose()
    {
        router.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Take_Announcement_MakesTheRouterKnown()
    {
        ingest.Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Taken);

        var known = directory.Current.ShouldHaveSingleItem();
        known.Key.ShouldBe(router.PublicKey);
        known.Base.ShouldBe(new Uri("http://127.0.0.1:8480/"));
        known.Profile.ModelCaps.ShouldHaveSingleItem().ModelId.ShouldBe("demo");
    }

    [Fact]
    public void Take_ForgedCopyFirst_DoesNotHideTheRealEvent()
    {
        ingest.Take(Sample.ForgeCaps()).ShouldBe(IngestVerdict.InvalidSignature);
        ingest.Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Taken);
        directory.Current[0].Base.Port.ShouldBe(8480);
    }

    [Fact]
    public void Take_SameEventFromAnotherRelay_IsADuplicate()
    {
        var announcement = Sample.SignCaps();

        ingest.Take(announcement).ShouldBe(IngestVerdict.Taken);
        ingest.Take(announcement).ShouldBe(IngestVerdict.Duplicate);
    }

    [Fact]
    public void Take_OutOfOrder_TheNewestWins()
    {
        var older = Sample with { Endpoint = "http://127.0.0.1:1/" };
        clock.Move(TimeSpan.FromSeconds(5));

        ingest.Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Taken);
        ingest.Take(older.SignCaps()).ShouldBe(IngestVerdict.Stale);

        directory.Current[0].Base.Port.ShouldBe(8480);
    }

    [Fact]
    public void Take_SecondRouter_LeavesTheFirst()
    {
        ingest.Take(Sample.SignCaps());
        ingest.Take((Sample with { Key = other }).SignCaps());

        directory.Current.Count.ShouldBe(2);
    }

    [Fact]
    public void Take_Withdrawal_EndsTheRouterAndNoOldCopyBringsItBack()
    {
        var announced = Sample.SignCaps();
        ingest.Take(announced);
        clock.Move(TimeSpan.FromSeconds(1));
        var now = Sample.NowMs;

        ingest.Take(ControlEvents.Sign(router, AnnouncementBuilder.Withdraw(Sample.Caps, now), now / 1000 + 60)).ShouldBe(IngestVerdict.Taken);

        directory.Current.ShouldBeEmpty();
        directory.Find(router.PublicKey).ShouldBeNull();
        Ingest(Open).Take(announced).ShouldBe(IngestVerdict.Stale);
    }

    [Fact]
    public void Current_AnnouncementExpires_RouterIsGone()
    {
        ingest.Take(Sample.SignCaps());

        clock.Move(TimeSpan.FromHours(2));

        directory.Current.ShouldBeEmpty();
    }

    [Fact]
    public void Take_WordThatHoldsForYears_EndsAfterADay()
    {
        ingest.Take((Sample with { ExpiryMs = Sample.NowMs * 2 }).SignCaps()).ShouldBe(IngestVerdict.Taken);

        clock.Move(TimeSpan.FromHours(25));

        directory.Current.ShouldBeEmpty();
    }

    [Fact]
    public void Take_Status_UpdatesTheLoadOfThatRouterOnly()
    {
        ingest.Take(Sample.SignCaps());
        ingest.Take((Sample with { Key = other }).SignCaps());
        clock.Move(TimeSpan.FromSeconds(1));

        ingest.Take(Sample.SignStatus()).ShouldBe(IngestVerdict.Taken);

        directory.Find(router.PublicKey)!.Load!.BackpressureState.ShouldBe(BackpressureState.Busy);
        directory.Find(other.PublicKey)!.Load.ShouldBeNull();
    }

    /// <summary>Announcements of ours say nothing of the load, so a new one does not make it unknown; that it is over does.</summary>
    [Fact]
    public void Take_AnnouncementAfterTheStatus_KeepsTheLoadUntilTheStatusIsTakenBack()
    {
        ingest.Take(Sample.SignStatus());
        clock.Move(TimeSpan.FromSeconds(1));
        ingest.Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Taken);
        directory.Find(router.PublicKey)!.Load!.BackpressureState.ShouldBe(BackpressureState.Busy);
        clock.Move(TimeSpan.FromSeconds(1));

        ingest.Take(ControlEvents.Sign(router, Sample.Status with { ExpiryMs = Sample.NowMs - 500 }, Sample.NowMs / 1000 + 60)).ShouldBe(IngestVerdict.Taken);

        directory.Find(router.PublicKey)!.Load.ShouldBeNull();
    }

    [Fact]
    public void Take_WhatDoesNotBelong_IsDroppedForItsReason()
    {
        var now = Sample.NowMs / 1000;
        Verdict(Sample with { Network = "test" }).ShouldBe(IngestVerdict.OtherNetwork);
        Verdict(Sample with { RouterId = other.PublicKey.Npub }).ShouldBe(IngestVerdict.ForeignRouter);
        Verdict(Sample with { Endpoint = "http://10.0.0.1/" }).ShouldBe(IngestVerdict.UnfitEndpoint);
        Verdict(Sample with { Endpoint = "file:///etc/passwd" }).ShouldBe(IngestVerdict.UnfitEndpoint);
        ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Payload = "null"u8.ToArray() })).ShouldBe(IngestVerdict.InvalidPayload);
        ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Payload = "{\"routerId\":5}"u8.ToArray() })).ShouldBe(IngestVerdict.InvalidPayload);
        ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Payload = "hello"u8.ToArray() })).ShouldBe(IngestVerdict.Malformed);
        foreach (var bytes in (int[])[ControlEvents.MaxContentBytes - 1, 32_000, 60_000])
            ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Payload = System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', bytes)}\"") })).Name().ShouldBe("size");
        ingest.Take(ControlEvents.Sign(router, Sample.Caps with { TimestampMs = (now + 1000) * 1000 })).ShouldBe(IngestVerdict.Ahead);
        ingest.Take(ControlEvents.Sign(router, Sample.Caps with { ExpiryMs = (now - 1) * 1000 })).ShouldBe(IngestVerdict.Expired);
        ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Type = ControlMessageType.Rfb, ExpiryMs = (now - 1) * 1000 }, now + 60)).ShouldBe(IngestVerdict.Expired);
        ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Type = ControlMessageType.Rfb })).ShouldBe(IngestVerdict.Unused);
        ingest.Take(NostrEvent.Sign(router, 1, now, [], "a note")).ShouldBe(IngestVerdict.Foreign);
        // A shop item of NIP-15 and an article of NIP-23: other software's events of our kinds.
        ingest.Take(NostrEvent.Sign(router, 30020, now, [["d", "auction"]], "{\"id\":\"auction\"}")).ShouldBe(IngestVerdict.Foreign);
        ingest.Take(NostrEvent.Sign(router, 30023, now, [["d", "article"], ["title", "x"]], "# x")).ShouldBe(IngestVerdict.Foreign);
        Ingest(Open, own: router).Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Own);
        directory.Current.ShouldBeEmpty();
    }

    /// <summary>Each list by npub and by hex; block beats mute beats allow (rows ARC-16, 18, 19).</summary>
    [Theory]
    [InlineData("allow", "taken")]
    [InlineData("allow other", "allowlist")]
    [InlineData("mute", "mute")]
    [InlineData("block", "block")]
    [InlineData("block mute allow", "block")]
    public void Take_ListedAuthor_IsJudgedByTheList(string lists, string expected)
    {
        var named = lists.Split(' ');
        var key = lists == "allow other" ? other.PublicKey : router.PublicKey;
        foreach (var spelling in (string[])[key.Npub, key.Hex])
        {
            IReadOnlyList<string> Listed(string list) => named.Contains(list) ? [spelling] : [];
            var options = new FilterOptions { Allow = Listed("allow"), Mute = Listed("mute"), Block = Listed("block") };
            new RelayIngest(new ControlMessageHandler(new RouterDirectory(clock), PrivateNetworks.Loopback), new TrustScores(PeerLists.From(options), new WotOptions()), new FederationNetwork("main"), null, clock)
                .Take(Sample.SignCaps()).Name().ShouldBe(expected);
        }
    }

    [Fact]
    public void Take_LegacyEvent_WithoutAddressAndNetwork_IsTaken() =>
        ingest.Take(ControlEvents.Sign(router, (Sample with { Network = null }).Caps with { Address = null })).ShouldBe(IngestVerdict.Taken);

    [Fact]
    public void Observe_DirectoryIsFull_KnownRoutersStay()
    {
        var profile = Sample.Caps.Read(FedAi.Protocol.Json.ProtocolJson.Default.CapabilityProfile)!;
        ingest.Take(Sample.SignCaps());
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 0; i < 2500; i++)
        {
            using var key = KeyPair.Generate();
            directory.Observe(new KnownRouter(key.PublicKey, new Uri("http://127.0.0.1:1/"), profile, now / 1000, now + 86_000_000));
        }

        directory.Current.Count.ShouldBe(2000);
        directory.Find(router.PublicKey).ShouldNotBeNull();
        clock.Move(TimeSpan.FromHours(25));
        ingest.Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Taken);
    }

    /// <summary>Row ARC-22. Another author, and another kind of the same, are not affected.</summary>
    [Fact]
    public void Take_AuthorSignsTooMuch_ItsOwnShareIsUsedUpAndNobodyElses()
    {
        var verdicts = Enumerable.Range(0, 61).Select(i => ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Address = $"{i}" }))).ToList();

        verdicts.Take(60).ShouldNotContain(IngestVerdict.AuthorTooOften);
        verdicts[60].Name().ShouldBe("rate");
        Verdict(Sample with { Key = other }).ShouldBe(IngestVerdict.Taken);
        clock.Move(TimeSpan.FromSeconds(1));
        ingest.Take(Sample.SignStatus()).ShouldBe(IngestVerdict.Taken);
        clock.Move(TimeSpan.FromSeconds(10));
        Verdict(Sample).ShouldBe(IngestVerdict.Taken);
    }

    [Fact]
    public void Take_OperatorSaysHowMuch_IsThat()
    {
        var narrow = new RelayIngest(new ControlMessageHandler(directory, PrivateNetworks.Loopback), new TrustScores(PeerLists.Empty, new WotOptions()), new FederationNetwork("main"), null, clock, new FilterRateOptions { PerAuthor = 2, WindowSeconds = 60 });
        IngestVerdict Take(int at) => narrow.Take(ControlEvents.Sign(router, Sample.Caps with { Address = $"{at}" }));

        ((IngestVerdict[])[Take(1), Take(2), Take(3)]).Select(verdict => verdict is IngestVerdict.AuthorTooOften).ShouldBe([false, false, true]);
        clock.Move(TimeSpan.FromSeconds(59));
        Take(4).ShouldBe(IngestVerdict.AuthorTooOften);
        clock.Move(TimeSpan.FromSeconds(1));
        Take(5).ShouldNotBe(IngestVerdict.AuthorTooOften);
    }

    [Fact]
    public void Take_StrangerForgesInAnothersName_UsesUpTheRelaysShareAndNotTheAuthors()
    {
        var (hostile, honest) = (new Uri("wss://hostile.example"), new Uri("wss://honest.example"));
        var forged = Sample.ForgeCaps();

        var verdicts = Enumerable.Range(0, 5_001).Select(_ => ingest.Take(forged, hostile)).ToList();

        verdicts.Take(5_000).ShouldAllBe(verdict => verdict == IngestVerdict.InvalidSignature);
        verdicts[5_000].Name().ShouldBe("relay-rate");
        ingest.Take(Sample.SignCaps(), honest).ShouldBe(IngestVerdict.Taken);
        clock.Move(TimeSpan.FromSeconds(1));
        ingest.Take(Sample.ForgeCaps(), hostile).ShouldBe(IngestVerdict.InvalidSignature);
    }

    [Fact]
    public void Take_PriceSheets_EveryJobTypeKeepsItsOwnAndItsNewest()
    {
        ingest.Take(SignPrice(RouterJobType.Embedding, 7)).ShouldBe(IngestVerdict.Taken, "the price came before its router");
        directory.Current.ShouldBeEmpty();
        ingest.Take(Sample.SignCaps());
        var old = SignPrice(RouterJobType.GenChunk, 50);
        clock.Move(TimeSpan.FromSeconds(1));
        ingest.Take(SignPrice(RouterJobType.GenChunk, 60)).ShouldBe(IngestVerdict.Taken);
        ingest.Take(old).ShouldBe(IngestVerdict.Stale);

        var known = directory.Current.ShouldHaveSingleItem();
        known.PriceOf("demo", Sample.NowMs)!.OutputMsatPer1K.ShouldBe(60);
        known.PriceOf("demo", Sample.NowMs, RouterJobType.Embedding)!.OutputMsatPer1K.ShouldBe(7);
        known.PriceOf("other", Sample.NowMs).ShouldBeNull();
        known.PriceOf("demo", Sample.NowMs + AnnouncementBuilder.ValidMs).ShouldBeNull("an expired sheet is not used");
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Take_DeletionByTheAuthor_TakesBackAndNoOldCopyReturns(bool byAddress)
    {
        var announced = Sample.SignCaps();
        ingest.Take(announced);
        clock.Move(TimeSpan.FromSeconds(1));
        string[] named = byAddress ? ["a", $"30020:{router.PublicKey.Hex}:fedai:main:caps"] : ["e", announced.Id.ToString()];

        ingest.Take(NostrEvent.Sign(other, NostrKinds.Deletion, Sample.NowMs / 1000, [named, ["k", "30020"]], "")).ShouldNotBe(IngestVerdict.Taken);
        directory.Current.ShouldHaveSingleItem();
        ingest.Take(NostrEvent.Sign(router, NostrKinds.Deletion, Sample.NowMs / 1000, [named, ["k", "30020"]], "")).ShouldBe(IngestVerdict.Taken);

        directory.Current.ShouldBeEmpty();
        Ingest(Open).Take(announced).ShouldBe(IngestVerdict.Stale);
        clock.Move(TimeSpan.FromSeconds(1));
        Verdict(Sample).ShouldBe(IngestVerdict.Taken, "what is said afterwards counts");
    }

    /// <summary>Content that is JSON, and more than that not: nothing of it may end the loop.</summary>
    [Theory]
    [InlineData("""{"routerId":"\ud800","transportEndpoints":["\udfff"]}""")]
    [InlineData("""{"\ud800":1,"routerId":"x"}""")]
    [InlineData("""{"routerId":1e999}""")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"routerId":"x","routerId":{}}""")]
    public void Take_OddContent_IsAnInvalidPayload(string content)
    {
        foreach (var type in (ControlMessageType[])[ControlMessageType.CapsAnnounce, ControlMessageType.PriceAnnounce, ControlMessageType.StatusAnnounce])
            ingest.Take(ControlEvents.Sign(router, Sample.Caps with { Type = type, Payload = System.Text.Encoding.UTF8.GetBytes(content) })).ShouldBe(IngestVerdict.InvalidPayload);
    }

    /// <summary>Row FED-12: each member that WIRE requires, taken out in turn.</summary>
    [Theory]
    [InlineData("routerId")]
    [InlineData("transportEndpoints")]
    [InlineData("supportedJobTypes")]
    [InlineData("resourceLimits")]
    [InlineData("modelCaps")]
    [InlineData("privacyCaps")]
    [InlineData("settlementCaps")]
    [InlineData("timestamp")]
    [InlineData("expiry")]
    public void Take_ProfileWithoutARequiredMember_IsAnInvalidPayload(string member)
    {
        var profile = System.Text.Json.Nodes.JsonNode.Parse(Sample.Caps.Payload.Span)!.AsObject();
        NostrEvent Sign() => ControlEvents.Sign(router, Sample.Caps with { Payload = System.Text.Encoding.UTF8.GetBytes(profile.ToJsonString()) });
        Ingest(Open).Take(Sign()).ShouldBe(IngestVerdict.Taken);

        profile.Remove(member).ShouldBeTrue();

        ingest.Take(Sign()).ShouldBe(IngestVerdict.InvalidPayload);
    }

    private NostrEvent SignPrice(RouterJobType type, long msat)
    {
        var sheet = new PriceSheet
        {
            RouterId = "", JobType = type, Unit = FederationPriceUnit.Per1KTokens, BasePriceMsat = msat, CurrentSurge = 1, Timestamp = 0, Expiry = 0,
            Models = [new ModelPrice { ModelId = "demo", InputMsatPer1K = 1, OutputMsatPer1K = msat }],
        };
        var offer = new RouterOffer(Sample.Caps.Read(FedAi.Protocol.Json.ProtocolJson.Default.CapabilityProfile)!, Sample.Status.Read(FedAi.Protocol.Json.ProtocolJson.Default.StatusPayload)!.LoadSummary) { Prices = [sheet] };
        return ControlEvents.Sign(router, AnnouncementBuilder.Build(offer, router.PublicKey.Npub, "main", Sample.NowMs)[1]);
    }

    private IngestVerdict Verdict(SampleAnnouncement sample) => ingest.Take(sample.SignCaps());

    [Fact]
    public void Take_WebOfTrust_KeepsOutWhomNobodyVouchesFor()
    {
        var trust = new TrustScores(PeerLists.Empty with { Follow = new HashSet<PublicKey> { other.PublicKey } }, new WotOptions { MinScore = 10 });
        var web = Ingest(trust);
        trust.Publish(new TrustSnapshot(new Dictionary<Hex32, int> { [Hex32.From(router.PublicKey)] = 9 }, new HashSet<Hex32>(), hasWeb: true));
        web.Take(Sample.SignCaps()).Name().ShouldBe("wot");
        web.Take((Sample with { Key = other }).SignCaps()).ShouldBe(IngestVerdict.Taken);

        trust.Publish(new TrustSnapshot(new Dictionary<Hex32, int> { [Hex32.From(router.PublicKey)] = 10 }, new HashSet<Hex32>(), hasWeb: true));
        web.Take(Sample.SignCaps()).ShouldBe(IngestVerdict.Taken);
    }

    private RelayIngest Ingest(TrustScores trust, KeyPair? own = null) =>
        new(new ControlMessageHandler(directory, PrivateNetworks.Loopback), trust, new FederationNetwork("main"), own is null ? null : Hex32.From(own.PublicKey), clock);
}
