using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Daemon.Peering;

public sealed class RelayStoreTests : IDisposable
{
    private const long Now = 1_800_000_000;
    private static readonly NostrFilter[] Everything = [new NostrFilter()];

    private readonly KeyPair key = KeyPair.Generate();
    private readonly KeyPair other = KeyPair.Generate();
    private readonly RelayStore store = new(new RelayLimits { MaxStoredEvents = 4, MaxStoredPerAuthor = 3, MaxResults = 3, RetentionSeconds = 1000 });

    public void Dispose()
    {
        key.Dispose();
        other.Dispose();
    }

    [Fact]
    public void Add_SameAddress_KeepsTheLaterAndOfOneSecondTheLowerId()
    {
        var twins = new[] { Event(key, "x", 0, content: "1"), Event(key, "x", 0, content: "2") }.OrderBy(value => value.Id.ToString(), StringComparer.Ordinal).ToList();

        store.Add(twins[1], Now).ShouldBeNull();
        store.Add(twins[0], Now).ShouldBeNull();
        store.Add(twins[1], Now).ShouldBe("duplicate: have a newer one");
        var later = Event(key, "x", 5);
        store.Add(later, Now).ShouldBeNull();
        store.Add(twins[0], Now).ShouldBe("duplicate: have a newer one");

        store.Find(Everything, Now).ShouldBe([later]);
    }

    [Fact]
    public void Add_SameIdTwice_IsADuplicate()
    {
        store.Add(Event(key, "x", 0), Now).ShouldBeNull();
        store.Add(Event(key, "x", 0), Now).ShouldBe("duplicate: have this event");
    }

    [Fact]
    public void Add_OtherAuthorKindOrAddress_ReplacesNothing()
    {
        store.Add(Event(key, "x", 0), Now).ShouldBeNull();
        store.Add(Event(other, "x", 0), Now).ShouldBeNull();
        store.Add(Event(key, "y", 0), Now).ShouldBeNull();
        store.Add(NostrEvent.Sign(key, 30021, Now, [["d", "x"]], ""), Now).ShouldBeNull();

        store.Count.ShouldBe(4);
    }

    [Fact]
    public void Add_OneAuthorTooOften_IsRefusedAndReplacingStillWorks()
    {
        foreach (var address in (string[])["a", "b", "c"]) store.Add(Event(key, address, 0), Now).ShouldBeNull();

        store.Add(Event(key, "d", 0), Now).ShouldStartWith("rate-limited:");
        store.Add(Event(key, "a", 1), Now).ShouldBeNull();
        store.Add(Event(other, "a", 0), Now).ShouldBeNull();
    }

    [Fact]
    public void Add_Full_RefusesNewcomersUntilSomethingExpires()
    {
        foreach (var address in (string[])["a", "b", "c"]) store.Add(Event(key, address, 0), Now).ShouldBeNull();
        store.Add(Event(other, "a", 0, expiration: Now + 10), Now).ShouldBeNull();

        store.Add(Event(other, "b", 0), Now).ShouldStartWith("error:");
        store.Add(Event(key, "a", 1), Now).ShouldBeNull();
        store.Add(Event(other, "b", 0), Now + 10).ShouldBeNull();
        store.Count.ShouldBe(4);
    }

    [Fact]
    public void Add_MoreBytesThanAllowed_IsRefused()
    {
        var small = new RelayStore(new RelayLimits { MaxStoredBytes = 10_000 });
        small.Add(Event(key, "a", 0, content: new string('x', 5000)), Now).ShouldBeNull();

        small.Add(Event(key, "b", 0, content: new string('x', 5000)), Now).ShouldStartWith("error:");
        small.Add(Event(key, "a", 1), Now).ShouldBeNull();
        small.Add(Event(key, "b", 0, content: new string('x', 5000)), Now).ShouldBeNull();
    }

    /// <summary>Free keys cost nothing: however many write, a known author's event finds a place and keeps it.</summary>
    [Fact]
    public void Add_FullOfStrangers_KnownAuthorsTakeTheirPlacesOldestFirst()
    {
        for (var i = 0; i < 4; i++)
        {
            using var free = KeyPair.Generate();
            store.Add(Event(free, "a", i), Now, stranger: true).ShouldBeNull();
        }

        store.Add(Event(other, "x", 0), Now, stranger: true).ShouldStartWith("error:");
        store.Add(Event(key, "x", 0), Now).ShouldBeNull();
        store.Find(Everything, Now).Select(kept => kept.CreatedAt - Now).ShouldBe([3, 2, 1]);
        store.Add(Event(key, "y", 0), Now).ShouldBeNull();
        store.Add(Event(key, "z", 0), Now).ShouldBeNull();
        store.Add(Event(other, "x", 0), Now, stranger: true).ShouldStartWith("error:");
        store.Add(Event(other, "x", 0), Now).ShouldBeNull();
        store.Count.ShouldBe(4);
        store.Add(Event(other, "y", 0), Now).ShouldStartWith("error:", customMessage: "known authors do not push each other out");
    }

    [Fact]
    public void Find_StrangersEvent_GoesAfterADay()
    {
        var patient = new RelayStore(new RelayLimits());
        patient.Add(NostrEvent.Sign(key, NostrKinds.FollowList, Now, [], ""), Now, stranger: true);
        patient.Add(NostrEvent.Sign(other, NostrKinds.FollowList, Now, [], ""), Now);

        patient.Find(Everything, Now + 24 * 3600).ShouldHaveSingleItem().Author.ShouldBe(Hex32.From(other.PublicKey));
    }

    /// <summary>NIP-09: by id or by address, the author's own only, and no old copy comes back.</summary>
    [Fact]
    public void Add_Deletion_TakesBackTheAuthorsEventsAndKeepsThemAway()
    {
        var (named, addressed, foreign) = (NostrEvent.Sign(key, NostrKinds.ApplicationData, Now, [["d", "x"]], ""), Event(key, "b", 0), Event(other, "b", 0));
        foreach (var value in (NostrEvent[])[named, addressed, foreign]) store.Add(value, Now).ShouldBeNull();
        var deletion = NostrEvent.Sign(key, NostrKinds.Deletion, Now + 1,
            [["e", named.Id.ToString()], ["e", foreign.Id.ToString()], ["a", $"30020:{key.PublicKey.Hex}:b"], ["a", $"30020:{other.PublicKey.Hex}:b"]], "");

        store.Add(deletion, Now).ShouldBeNull();

        store.Find(Everything, Now).ShouldBe([deletion, foreign]);
        store.Add(named, Now).ShouldStartWith("blocked:");
        store.Add(addressed, Now).ShouldStartWith("blocked:");
        store.Add(Event(key, "b", 2), Now).ShouldBeNull("what is said afterwards is kept");
        RelayPolicy.Refuse(NostrEvent.Sign(key, NostrKinds.Deletion, Now, [["e", "x"]], ""), new RelayLimits(), Now).ShouldStartWith("invalid:");
    }

    [Fact]
    public void Find_Expired_IsNotFound()
    {
        store.Add(Event(key, "a", 0, expiration: Now + 10), Now);
        store.Add(NostrEvent.Sign(key, FedAiKinds.CapsAnnounce, Now, [["d", "b"], ["exp", $"{Now + 20}000"]], "{}"), Now);
        store.Add(Event(key, "c", 0), Now);

        store.Find(Everything, Now + 9).Count.ShouldBe(3);
        store.Find(Everything, Now + 10).Count.ShouldBe(2);
        store.Find(Everything, Now + 20).Count.ShouldBe(1);
        store.Find(Everything, Now + 1000).ShouldBeEmpty("retention ends what has no end of its own");
    }

    [Fact]
    public void Find_SeveralFilters_EachHasItsLimitAndNothingComesTwice()
    {
        var events = new[] { Event(key, "a", 3), Event(key, "b", 2), Event(key, "c", 1), Event(other, "a", 0) };
        foreach (var value in events) store.Add(value, Now);
        var ofOther = new NostrFilter { Authors = new HashSet<Hex32> { Hex32.From(other.PublicKey) } };

        store.Find([new NostrFilter { Limit = 2 }, ofOther], Now).ShouldBe([events[0], events[1], events[3]]);
        store.Find([new NostrFilter { Limit = 1 }, new NostrFilter { Limit = 1 }], Now).ShouldBe([events[0]]);
        store.Find([new NostrFilter { Limit = 0 }], Now).ShouldBeEmpty();
        store.Find([new NostrFilter { Limit = 100 }], Now).Count.ShouldBe(3, "no more than the relay's own limit");
    }

    /// <summary>Whatever a filter names, the answer is that of looking at everything; what names ids or authors costs only their events.</summary>
    [Fact]
    public void Find_AnyFilters_AgreesWithLookingAtEverythingAndCostsWhatItNames()
    {
        var large = new RelayStore(new RelayLimits { MaxResults = 5 });
        List<NostrEvent> all = [];
        for (var i = 0; i < 40; i++)
        {
            using var author = KeyPair.Generate();
            foreach (var address in (string[])["a", "b", "c"]) all.Add(Event(author, address, all.Count));
        }

        foreach (var value in all) large.Add(value, Now).ShouldBeNull();
        var (ids, authors) = (all.Where((_, i) => i % 17 == 0).Select(value => value.Id).ToHashSet(), all.Where((_, i) => i % 19 == 0).Select(value => value.Author).ToHashSet());
        NostrFilter[] sorts =
        [
            new() { Ids = ids }, new() { Authors = authors }, new() { Ids = ids, Authors = authors }, new() { Authors = authors, Limit = 2 }, new() { Ids = ids, Limit = 0 },
            new() { Authors = authors, Tags = new Dictionary<string, IReadOnlySet<string>> { ["d"] = new HashSet<string> { "b" } } }, new() { Until = Now + 30 }, new() { Ids = new HashSet<Hex32>() },
        ];

        foreach (var first in sorts)
            foreach (var second in sorts)
            {
                var found = large.Find([first, second], Now, out var cost);

                found.ShouldBe([.. all.Where(value => new[] { first, second }.Any(filter => all.Where(filter.Matches).Reverse().Take(Math.Min(filter.Limit ?? 5, 5)).Contains(value))).Reverse()]);
                cost.ShouldBeLessThanOrEqualTo(2 * all.Count);
                if (first.Until is null && second.Until is null) cost.ShouldBeLessThanOrEqualTo(2 * (ids.Count + (3 * authors.Count)));
            }
    }

    [Fact]
    public void Refuse_KindsOfNobodyHere_AreBlocked()
    {
        foreach (var kind in (int[])[0, 1, 4, 7, 1059, 22242, 30024])
            RelayPolicy.Refuse(NostrEvent.Sign(key, kind, Now, [], ""), new RelayLimits(), Now).ShouldStartWith("blocked:");
        foreach (var kind in (int[])[3, 1984, 10000, 10002, 30078])
            RelayPolicy.Refuse(NostrEvent.Sign(key, kind, Now, [], ""), new RelayLimits(), Now).ShouldBeNull();
        foreach (var type in Enum.GetValues<ControlMessageType>())
            RelayPolicy.Refuse(NostrEvent.Sign(key, FedAiKinds.KindOf(type), Now, [["t", FedAiKinds.TagOf(type)], ["exp", $"{Now + 1}000"]], "{}"), new RelayLimits(), Now).ShouldBeNull();
    }

    private static NostrEvent Event(KeyPair author, string address, int later, long? expiration = null, string content = "") => NostrEvent.Sign(author, FedAiKinds.CapsAnnounce, Now + later,
        expiration is { } end ? [["d", address], ["expiration", $"{end}"]] : [["d", address]], content);
}
