using System.Security.Cryptography;
using System.Text;

namespace FedAi.Runners.Roles;

/// <summary>
/// What a policy_node remembers of subjects: how fast they ask and what they sent in the last minute, as hashes. In memory only, bounded;
/// the longest unseen make room. Subjects of different namespaces never meet: who chooses one that nobody guesses is alone in it.
/// </summary>
internal sealed class PolicyMemory(TimeProvider time)
{
    /// <summary>About 300 bytes each.</summary>
    private const int MaxSubjects = 10_000;

    private const int MaxTexts = 16;
    private const long MinuteMs = 60_000;

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, Seen> subjects = [];

    /// <summary>Counts this request and tells what the subject's pace is. Being refused by pace costs nothing more.</summary>
    public PolicySight Look(string space, PolicyCase asked)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var key = Key(space + "\0" + asked.Subject);
        var text = asked.Text.Length > 0 ? Key(asked.Text) : default;
        lock (gate)
        {
            if (!subjects.TryGetValue(key, out var seen))
            {
                if (subjects.Count >= MaxSubjects) MakeRoom();
                subjects[key] = seen = new Seen { AtMs = now, Places = asked.Burst };
            }

            seen.Places = Math.Min(asked.Burst, seen.Places + Math.Max(0, now - seen.AtMs) * (double)asked.PerMinute / MinuteMs);
            seen.AtMs = now;
            if (seen.Places < 1) return new PolicySight((long)Math.Ceiling((1 - seen.Places) * MinuteMs / asked.PerMinute), 0);
            seen.Places--;
            return new PolicySight(0, asked.Text.Length > 0 ? seen.Count(text, now) : 0);
        }
    }

    /// <summary>A tenth at once, so that the search for the oldest is rare.</summary>
    private void MakeRoom()
    {
        foreach (var (key, _) in subjects.OrderBy(subject => subject.Value.AtMs).Take(MaxSubjects / 10).ToList()) subjects.Remove(key);
    }

    private static UInt128 Key(string text) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class Seen
    {
        private readonly Queue<(UInt128 Text, long AtMs)> texts = new();

        public long AtMs { get; set; }

        public double Places { get; set; }

        /// <summary>Notes a text; how often it came in the last minute, this time included.</summary>
        public int Count(UInt128 text, long nowMs)
        {
            while (texts.Count >= MaxTexts || (texts.TryPeek(out var oldest) && nowMs - oldest.AtMs > MinuteMs)) texts.Dequeue();
            texts.Enqueue((text, nowMs));
            return texts.Count(seen => seen.Text == text);
        }
    }
}
