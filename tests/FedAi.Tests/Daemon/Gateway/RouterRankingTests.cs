using FedAi.Daemon.Gateway;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Gateway;

public sealed class RouterRankingTests
{
    private const long Now = 1_800_000_000_000;

    private static readonly InferenceRequest Request = WireClient.Ask("tiny");

    private static KnownRouter Router(long announcedMs = Now, BackpressureState? load = null, params string[] models)
    {
        var key = KeyPair.Generate().PublicKey;
        var router = AnnouncedRouter.At(key, new Uri($"http://127.0.0.1/{key.Hex}/"), announcedMs, models.Length > 0 ? models : ["tiny"]);
        return load is null ? router : router with { Load = new LoadSummary { QueueDepth = 0, P95LatencyMs = 0, CpuPct = 0, RamPct = 0, ActiveJobs = 0, BackpressureState = load.Value } };
    }

    private static IReadOnlyList<KnownRouter> Order(params (KnownRouter Router, PeerObservation Seen)[] routers)
    {
        var ranked = RouterRanking.Rank([.. routers.Select(one => one.Router)], router => new RouterFacts(routers.Single(one => one.Router == router).Seen, PeerStanding.Stranger, 0), Request, Now);
        ranked.None.ShouldBeNull();
        return [.. ranked.Routers.Select(candidate => candidate.Router)];
    }

    [Fact]
    public void Rank_NobodyKnown_IsNoRouters() => RouterRanking.Rank([], _ => default, Request, Now).None!.Code.ShouldBe(ErrorCode.NoRouters);

    [Fact]
    public void Rank_ModelAnnouncedByNobody_ShowsThePromptToNobody()
    {
        var ranked = RouterRanking.Rank([Router(models: "other"), Router(models: "TINY")], _ => default, Request, Now);

        ranked.None!.Code.ShouldBe(ErrorCode.ModelNotFound);
        ranked.Routers.ShouldBeEmpty();
    }

    [Fact]
    public void Rank_OnlySome_ServeTheModel()
    {
        var serving = Router(models: ["other", "tiny"]);

        Order((Router(models: "other"), default), (serving, default)).ShouldBe([serving]);
    }

    [Fact]
    public void Rank_RouterThatSaysItsContextIsTooSmall_IsNotShownThePrompt()
    {
        KnownRouter small = Sized(1), large = Sized(512), silent = Sized(null);

        Order((small, default), (large, default), (silent, default)).ShouldBe([large, silent], ignoreOrder: true);
        Order((small, default)).ShouldBe([small], "what it says now may be more");

        static KnownRouter Sized(int? context)
        {
            var router = Router();
            return router with { Profile = router.Profile with { ModelCaps = [router.Profile.ModelCaps[0] with { ContextWindow = context }] } };
        }
    }

    [Fact]
    public void Rank_MeasuredLatency_DecidesBetweenEquals()
    {
        KnownRouter slow = Router(), fast = Router(), unknown = Router();

        Order((slow, Seen(latencyMs: 2000)), (unknown, Seen()), (fast, Seen(latencyMs: 100))).ShouldBe([fast, unknown, slow]);
    }

    [Fact]
    public void Rank_BusyRouter_StandsBehindAnIdleOneThatIsALittleSlower()
    {
        KnownRouter idle = Router(), busy = Router(load: BackpressureState.Busy), full = Router(load: BackpressureState.Saturated);

        Order((full, Seen(latencyMs: 10)), (busy, Seen(latencyMs: 10)), (idle, Seen(latencyMs: 500))).ShouldBe([idle, busy, full]);
    }

    [Fact]
    public void Rank_OwnRequestsUnderWay_SpreadLoad()
    {
        KnownRouter first = Router(), second = Router();

        Order((first, Seen(latencyMs: 100, inFlight: 1)), (second, Seen(latencyMs: 100))).ShouldBe([second, first]);
    }

    [Fact]
    public void Rank_FreshAnnouncement_DecidesBetweenEquals()
    {
        KnownRouter old = Router(announcedMs: Now - 3_500_000), fresh = Router();

        Order((old, default), (fresh, default)).ShouldBe([fresh, old]);
    }

    [Theory]
    [InlineData(1, 9_999, true)]
    [InlineData(1, 10_000, false)]
    [InlineData(3, 29_999, true)]
    [InlineData(9, 40_000, false)]
    public void Rank_RouterThatFailed_StandsLastForAWhile(int failures, long agoMs, bool last)
    {
        KnownRouter failed = Router(), other = Router();

        (Order((failed, Seen(latencyMs: 10, failures: failures, agoMs: agoMs)), (other, Seen(latencyMs: 1000)))[1] == failed).ShouldBe(last);
    }

    [Fact]
    public void Rank_Equals_AreSharedByTheRequestAndNotByTheirOrder()
    {
        KnownRouter[] routers = [Router(), Router()];

        var first = Enumerable.Range(0, 200).Select(_ => RouterRanking.Rank(routers, _ => default, WireClient.Ask("tiny"), Now).Routers[0].Router).ToList();

        first.Count(router => router == routers[0]).ShouldBeInRange(50, 150);
        RouterRanking.Rank(routers, _ => default, Request, Now).Routers[0].Router.ShouldBe(RouterRanking.Rank([routers[1], routers[0]], _ => default, Request, Now).Routers[0].Router);
    }

    [Fact]
    public void Rank_Trust_CountsUpToTwoSeconds()
    {
        KnownRouter friend = Router(), stranger = Router(), far = Router();
        RouterFacts Facts(KnownRouter router) => router == friend ? new RouterFacts(Seen(latencyMs: 1000), PeerStanding.Known, 500)
            : router == far ? new RouterFacts(Seen(latencyMs: 100), PeerStanding.Trusted, 40)
            : new RouterFacts(Seen(latencyMs: 100), PeerStanding.Stranger, 0);

        Names(RouterRanking.Rank([stranger, friend, far], Facts, Request, Now)).ShouldBe([friend, far, stranger]);
        RouterRanking.Rank([friend], Facts, Request, Now).Routers[0].Why.ShouldBe("latency +1, trust +1, price +0 (not posted), load +0, age +0");
    }

    [Theory]
    [InlineData(nameof(PeerStanding.Blocked))]
    [InlineData(nameof(PeerStanding.Muted))]
    [InlineData(nameof(PeerStanding.NotAllowed))]
    [InlineData(nameof(PeerStanding.Distrusted))]
    public void Rank_RouterKeptOut_IsNotAskedEvenAlone(string standing)
    {
        KnownRouter keptOut = Router(), other = Router();
        RouterFacts Facts(KnownRouter router) => new(Seen(latencyMs: router == other ? 20_000 : 1), router == other ? PeerStanding.Stranger : Enum.Parse<PeerStanding>(standing), 0);

        Names(RouterRanking.Rank([keptOut, other], Facts, Request, Now)).ShouldBe([other]);
        RouterRanking.Rank([keptOut], Facts, Request, Now).None!.Code.ShouldBe(ErrorCode.NoRouters);
        RouterRanking.Order([keptOut, other], Facts, null, "", Now)[1].Why.ShouldStartWith("not asked: ");
    }

    [Fact]
    public void Rank_Price_CountsBesideTheCheapest()
    {
        KnownRouter cheap = Priced(2000), dear = Priced(6000), silent = Router(), absurd = Priced(long.MaxValue);
        RouterFacts Fast(KnownRouter router) => new(Seen(latencyMs: 100), PeerStanding.Stranger, 0);

        Names(RouterRanking.Rank([dear, absurd, cheap], Fast, Request, Now))[0].ShouldBe(cheap);
        Names(RouterRanking.Rank([dear, silent, cheap], Fast, Request, Now)).ShouldBe([cheap, silent, dear]);
        RouterRanking.PriceOf(cheap, "tiny", Now).ShouldBe(2000);
        RouterRanking.PriceOf(cheap, "other", Now).ShouldBeNull();
        RouterRanking.PriceOf(absurd, null, Now).ShouldBeNull();
        RouterRanking.PriceOf(cheap, null, Now + 3_600_000).ShouldBeNull("its price has expired");
    }

    [Theory]
    [InlineData(RouterJobType.Embedding)]
    [InlineData(RouterJobType.Moderate)]
    public void Rank_PriceOfOtherWorkThanAnswers_CountsToo(RouterJobType posted)
    {
        KnownRouter cheap = Priced(2000, posted), dear = Priced(6000, posted);
        RouterFacts Fast(KnownRouter router) => new(Seen(latencyMs: 100), PeerStanding.Stranger, 0);

        Names(RouterRanking.Rank([dear, cheap], Fast, Request with { JobType = posted }, Now)).ShouldBe([cheap, dear]);
        // A role is asked like a model, without a type.
        Names(RouterRanking.Rank([dear, cheap], Fast, Request, Now)).ShouldBe([cheap, dear]);
        RouterRanking.PriceOf(cheap, "tiny", Now).ShouldBe(2000);
        RouterRanking.PriceOf(cheap, "tiny", Now, RouterJobType.GenChunk).ShouldBeNull();
    }

    private static KnownRouter Priced(long msatPer1K, RouterJobType jobType = RouterJobType.GenChunk)
    {
        var router = Router();
        return router with
        {
            Profile = router.Profile with { ModelCaps = [.. router.Profile.ModelCaps.Select(model => model with { Features = [ModelFeatures.Embeddings] })] },
            Prices = new Dictionary<RouterJobType, RouterPrice>
            {
                [jobType] = new(new PriceSheet
                {
                    RouterId = router.Key.Npub, JobType = jobType, Unit = FederationPriceUnit.Per1KTokens, BasePriceMsat = msatPer1K, CurrentSurge = 1, Timestamp = Now, Expiry = Now + 3_600_000,
                    Models = [new ModelPrice { ModelId = "tiny", InputMsatPer1K = msatPer1K / 2, OutputMsatPer1K = msatPer1K - msatPer1K / 2 }],
                }, Now + 3_600_000),
            },
        };
    }

    private static IReadOnlyList<KnownRouter> Names(RankedRouters ranked) => [.. ranked.Routers.Select(candidate => candidate.Router)];

    private static PeerObservation Seen(double latencyMs = 0, int inFlight = 0, int failures = 0, long agoMs = long.MaxValue / 2) => new(inFlight, latencyMs, failures, agoMs);
}
