using Multiproc.Serialization;
using Multiproc.Serialization.Codecs;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Every public type of .NET that objects can be of: sent, and then nothing of it is altered; or refused.</summary>
public sealed class FrameworkTypeTests
{
    private static readonly string s_list = Repository.Path("Multiproc.Tests", "Serialization", "DotNet", "SentTypes.txt");

    private static IEnumerable<Type> All() => SharedFramework.Types
        .Where(static type => type is { IsInterface: false, IsAbstract: false, IsEnum: false, IsByRefLike: false }
            && !typeof(Exception).IsAssignableFrom(type) && !typeof(Delegate).IsAssignableFrom(type) && type != typeof(void)
            && !typeof(System.Reflection.MemberInfo).IsAssignableFrom(type))
        .Select(Closed).OfType<Type>();

    /// <summary>With arguments for its parameters.</summary>
    private static Type? Closed(Type type)
    {
        if (!type.ContainsGenericParameters)
        {
            return type;
        }

        foreach (var argument in (Type[])[typeof(string), typeof(int), typeof(List<int>)])
        {
            try
            {
                return type.MakeGenericType([.. type.GetGenericArguments().Select((_, i) => i == 1 ? typeof(int) : argument)]);
            }
            catch (ArgumentException)
            {
                continue; // Not within its constraints.
            }
        }

        return null;
    }

    private static bool IsRefused(Type type) =>
        CodecTable.For(type) is { } codec && (codec is RefusingCodec || codec.GetType().Name.StartsWith("RefusingCodec", StringComparison.Ordinal));

    [Fact]
    public void Types_ThatAreSent_AreThoseOfTheList()
    {
        string[] sent = [.. All().Where(static type => !IsRefused(type)).Select(static type =>
            type.FullName!.Split('[')[0]).Distinct().Order(StringComparer.Ordinal)];
        if (Environment.GetEnvironmentVariable("APPROVE_TYPES") == "1")
        {
            File.WriteAllLines(s_list, sent);
        }

        sent.ShouldBe(File.ReadAllLines(s_list));
    }

    [Fact]
    public void Object_OfEachTypeThatIsSent_ArrivesUnaltered()
    {
        var altered = new List<string>();
        int made = 0;
        foreach (var type in All().Where(static type => !IsRefused(type)))
        {
            if (new Sample().Make(type) is not { } value)
            {
                continue; // It has no public constructor that can be called: the tests of values have those.
            }

            made++;
            object? copy = null;
            try
            {
                copy = Wire.RoundTrip(value);
            }
            catch (SerializationException refused) when (refused.Message.StartsWith("cannot send", StringComparison.Ordinal))
            {
                continue; // A part of it.
            }

            altered.AddRange(Alike.Differences(value, copy, "Capacity", "SyncRoot").Select(difference => $"{type.Name}{difference}"));
        }

        made.ShouldBeGreaterThan(80);
        altered.ShouldBeEmpty();
    }
}
