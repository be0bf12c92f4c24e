namespace FedAi.Daemon.Router;

/// <summary>
/// Keeps apart what of the audit strangers can bring about as often as they like. Keys and forgeries cost them nothing, so a line of its own
/// is only for a proven key, and only for some a minute of each kind; the rest are numbers, one line a minute for each kind.
/// </summary>
internal sealed class AuditTally
{
    /// <summary>Of each kind a minute. Five kinds at once take two days to fill the audit's files.</summary>
    public const int MostNamed = 30;

    private readonly Lock gate = new();

    // A kind is an event and an outcome, both from closed lists, so there are not many.
    private readonly Dictionary<(string Event, string Outcome), (int Named, long Counted)> kinds = [];

    /// <summary>Whether this gets a line of its own; else it is counted.</summary>
    public bool Names(in AuditEntry entry, bool isProven)
    {
        lock (gate)
        {
            var kind = (entry.Event, entry.Outcome);
            var (named, counted) = kinds.GetValueOrDefault(kind);
            var names = isProven && named < MostNamed;
            kinds[kind] = names ? (named + 1, counted) : (named, counted + 1);
            return names;
        }
    }

    /// <summary>The minute is over: what was only counted in it.</summary>
    public IReadOnlyList<AuditEntry> Take()
    {
        lock (gate)
        {
            List<AuditEntry> lines = [.. kinds.Where(kind => kind.Value.Counted > 0).Select(kind => new AuditEntry(kind.Key.Event, kind.Key.Outcome) { Count = kind.Value.Counted })];
            kinds.Clear();
            return lines;
        }
    }
}
