namespace FedAi.Runners.Roles;

/// <summary>Decides a policy job. Pure. The first rule that speaks is the answer; lists come before everything that is counted or guessed.</summary>
internal static class PolicyRules
{
    /// <summary>Once is a mistake, five times a minute is a machine.</summary>
    private const int MaxSameText = 5;

    private const int MaxLinks = 20;
    private const int MaxHidden = 4;

    /// <summary>Below this much text repetition says nothing.</summary>
    private const int MinRepetitionChars = 400;

    /// <summary>Natural text has more than half of its pieces of eight characters once; a looped one next to none.</summary>
    private const double MinDistinct = 0.08;

    private const int Piece = 8;

    /// <summary>Enough to judge by.</summary>
    private const int MaxJudgedChars = 20_000;

    public static PolicyVerdict Decide(PolicyCase asked, PolicySight sight)
    {
        if (asked.Deny.Any(name => IsNamed(asked.Subject, name))) return Deny("deny-list", "the subject stands on the deny list");
        if (asked.Allow.Any(name => IsNamed(asked.Subject, name))) return new PolicyVerdict(true, "allow-list", "the subject stands on the allow list");
        if (sight.WaitMs > 0) return Deny("rate-limit", $"the subject asks more than {asked.PerMinute} times a minute") with { RetryAfterMs = sight.WaitMs };
        if (asked.Text.Length > asked.MaxChars) return Deny("too-long", $"the text has more than {asked.MaxChars} characters");
        if (asked.Words.Any(word => word.Length > 0 && asked.Text.Contains(word, StringComparison.OrdinalIgnoreCase))) return Deny("denied-word", "the text holds a word that is not wanted");
        if (sight.SameText > MaxSameText) return Deny("repeated-text", "the subject sends the same text again and again");
        if (Hidden(asked.Text) > MaxHidden) return Deny("hidden-characters", "the text holds characters that nobody sees");
        if (Links(asked.Text) > MaxLinks) return Deny("links", $"the text holds more than {MaxLinks} links");
        if (IsRepetitive(asked.Text)) return Deny("repetition", "the text is one piece repeated");
        return new PolicyVerdict(true, "default", "no rule speaks against it");
    }

    private static PolicyVerdict Deny(string rule, string reason) => new(false, rule, reason);

    private static bool IsNamed(string subject, string name) =>
        name.EndsWith('*') ? subject.StartsWith(name[..^1], StringComparison.Ordinal) : subject == name;

    private static int Hidden(string text)
    {
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value != '\r' && CleanText.IsHidden(rune)) count++;
        return count;
    }

    private static int Links(string text) => text.AsSpan().Count("http://") + text.AsSpan().Count("https://");

    private static bool IsRepetitive(string text)
    {
        var judged = text.Length > MaxJudgedChars ? text.AsSpan(0, MaxJudgedChars) : text;
        if (judged.Length < MinRepetitionChars) return false;
        var pieces = judged.Length - Piece + 1;
        var distinct = new HashSet<int>();
        for (var i = 0; i < pieces; i++) distinct.Add(string.GetHashCode(judged.Slice(i, Piece)));
        return distinct.Count < pieces * MinDistinct;
    }
}
