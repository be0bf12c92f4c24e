namespace FedAi.Daemon.Hosting;

/// <summary>Finds the name somebody meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the fewest edits, when they are few enough to be a slip; else null.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        var nearest = candidates.MinBy(candidate => Edits(name.ToLowerInvariant(), candidate.ToLowerInvariant()));
        return nearest is not null && Edits(name.ToLowerInvariant(), nearest.ToLowerInvariant()) <= Math.Max(2, name.Length / 3) ? nearest : null;
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
