using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>The event in which a router said something: by these its author can take it back, and by its time (s) an older one is known.</summary>
internal readonly record struct HeardIn(Hex32 Id, int Kind, string Address, long CreatedAt)
{
    public static HeardIn Of(NostrEvent source) => new(source.Id, source.Kind, source.TagValue("d") ?? "", source.CreatedAt);

    public bool IsCoveredBy(NostrDeletion deletion) => deletion.Covers(Id) || deletion.Covers(Kind, Address, CreatedAt);
}
