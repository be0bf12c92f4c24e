namespace FedAi.Daemon.Store;

/// <summary>All tables of one store.</summary>
internal sealed record StoreTables(ReplayTable Replay, MeteringTable Metering, NodeTable Nodes, AnnouncementTable Announcements, ManifestTable Manifests, TrustTable Trust, ExperienceTable Experience, HeardTable Heard, ApiKeyTable ApiKeys)
{
    public static StoreTables Of(Database database) =>
        new(new ReplayTable(database), new MeteringTable(database), new NodeTable(database), new AnnouncementTable(database), new ManifestTable(database), new TrustTable(database), new ExperienceTable(database), new HeardTable(database), new ApiKeyTable(database));
}
