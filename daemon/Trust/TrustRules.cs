using FedAi.Daemon.Store;

namespace FedAi.Daemon.Trust;

/// <summary>How the parts make one score (docs/TRUST.md). Pure; amounts are thousandths of a point, as in <see cref="TrustFlow"/>.</summary>
internal static class TrustRules
{
    /// <summary>The most that pinned providers' ranks add, in points: less than one follow of your own.</summary>
    public const int MostRanked = 200;

    /// <summary>
    /// The most that good experience adds, in percent of what others vouch for. Of one edge, 1 − 2^−depth stays as points within so many
    /// steps: more than the rest must not be added, or keys that serve well would have more than the follows they got bring.
    /// </summary>
    private static double MostGained(int maxDepth) => Math.Min(25, 100.0 / ((1 << maxDepth) - 1));

    /// <summary>Answers it takes to believe half of what they show.</summary>
    private const double Doubt = 10;

    /// <summary>A bad answer weighs as much as this many good ones.</summary>
    private const double BadWeighs = 4;

    /// <summary>0 to <see cref="TrustSnapshot.Full"/>. What nobody vouches for is 0, and experience cannot change that.</summary>
    public static int Score(long vouched, long denied, long ranked, int experiencePercent) =>
        (int)Math.Clamp((vouched + ranked - denied) * experiencePercent / 100 / TrustFlow.PerPoint, 0, TrustSnapshot.Full);

    /// <summary>What providers' ranks of 0 to 100 are worth: their mean, as a share of <see cref="MostRanked"/>.</summary>
    public static long Ranked(IReadOnlyCollection<int> ranks) => ranks.Count == 0 ? 0 : (long)ranks.Sum() * MostRanked * TrustFlow.PerPoint / 100 / ranks.Count;

    /// <summary>100 when this daemon never asked the peer; up to 125 (with three or four steps of trust 114 and 106) for one that serves well, towards 0 for one that fails.</summary>
    public static int ExperiencePercent(ExperienceRow? experience, int maxDepth)
    {
        if (experience is not { Good: var good, Bad: var bad }) return 100;
        var kept = (good + Doubt) / (good + BadWeighs * bad + Doubt);
        return (int)(kept * (100 + MostGained(maxDepth) * good / (good + Doubt)));
    }
}
