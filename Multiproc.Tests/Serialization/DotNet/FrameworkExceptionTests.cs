using System.Reflection;
using Multiproc.Serialization;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Every exception that .NET has, with all that can be seen of it.</summary>
public sealed class FrameworkExceptionTests
{
    /// <summary>What refers to something that stays in its process; docs/serialization.md has the same list.</summary>
    private static readonly string[] s_never =
    [
        "AbandonedMutexException.Mutex",
        "DBConcurrencyException.Row",
        "DbException.BatchCommand",
        "IdentityNotMappedException.UnmappedIdentities",
        "OperationCanceledException.CancellationToken",
        "SecurityException.FailedAssemblyInfo",
        "TaskCanceledException.Task",
        "ValidationException.ValidationAttribute",
        "WebException.Response",
        "XmlSchemaException.SourceSchemaObject",
    ];

    private static IEnumerable<Exception> All()
    {
        foreach (var type in SharedFramework.Types.Where(static type =>
                typeof(Exception).IsAssignableFrom(type) && type is { IsAbstract: false, ContainsGenericParameters: false }))
        {
            if (new Sample().Construct(type) is Exception made)
            {
                Fill(made);
                yield return made;
            }
        }
    }

    private static void Fill(Exception made)
    {
        made.HelpLink = "http://help";
        made.Source = "source";
        made.HResult = 4711;
        made.Data["key"] = 5;
        var sample = new Sample();
        foreach (var property in made.GetType().GetProperties().Where(static each =>
                each is { CanWrite: true } && each.SetMethod!.IsPublic && each.DeclaringType != typeof(Exception)))
        {
            if (sample.Make(property.PropertyType) is { } value)
            {
                try
                {
                    property.SetValue(made, value);
                }
                catch (TargetInvocationException)
                {
                    continue; // Not this value.
                }
            }
        }
    }

    [Fact]
    public void Exception_OfDotNet_ArrivesWithAllItsProperties()
    {
        var lost = new List<string>();
        int count = 0;
        foreach (var made in All())
        {
            count++;
            foreach (string difference in Alike.Differences(made, Wire.RoundTrip(made)))
            {
                if (!s_never.Any(each => difference.StartsWith($".{each.Split('.')[1]}", StringComparison.Ordinal)))
                {
                    lost.Add($"{made.GetType().Name}{difference}");
                }
            }
        }

        count.ShouldBeGreaterThan(150);
        lost.ShouldBeEmpty();
    }

    [Fact]
    public void Property_OfATypeThatIsNotSent_IsInTheList()
    {
        var never = SharedFramework.Types.Where(static type => typeof(Exception).IsAssignableFrom(type))
            .SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(static each =>
                each.DeclaringType != typeof(Exception) && !each.PropertyType.IsByRefLike && CodecTable.For(each.PropertyType) is { } codec
                    && codec.GetType().Name.StartsWith("RefusingCodec", StringComparison.Ordinal))
            .Select(static each => $"{each.DeclaringType!.Name}.{each.Name}").Distinct().Order(StringComparer.Ordinal).ToArray();
        never.ShouldBe(s_never);
        string page = File.ReadAllText(Repository.Path("docs", "serialization.md"));
        never.ShouldAllBe(each => page.Contains($"`{each}`", StringComparison.Ordinal));
    }
}
