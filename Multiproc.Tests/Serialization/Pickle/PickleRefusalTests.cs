using static Multiproc.Tests.Serialization.Pickle.Assembled;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>What must never be believed, run or built.</summary>
public sealed class PickleRefusalTests
{
    [Theory]
    [InlineData("cos\nsystem\nVls\n\u0085R.", "os.system")]
    [InlineData("(Vls\nios\nsystem\n.", "os.system")]
    [InlineData("(cos\nsystem\nVls\no.", "os.system")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002ls\u0085R.", "os.system")]
    [InlineData("cbuiltins\neval\nV1\n\u0085R.", "builtins.eval")]
    [InlineData("cbuiltins\ngetattr\n.", "builtins.getattr")]
    [InlineData("cbuiltins\nobject\n)\u0081.", "builtins.object")]
    [InlineData("ccopyreg\n_reconstructor\n.", "copyreg._reconstructor")]
    [InlineData("ccopy_reg\n_reconstructor\n.", "copy_reg._reconstructor")]
    [InlineData("cdecimal\nDecimal\n.", "decimal.Decimal")]
    [InlineData("cbuiltins\nValueError.__init__\n.", "builtins.ValueError.__init__")]
    [InlineData("cSystem.Diagnostics\nProcess\n.", "System.Diagnostics.Process")]
    public void Global_NotOnTheList_IsRefusedByName(string pickle, string name) => Refusal(pickle).ShouldContain($"it names {name}");

    [Theory]
    [InlineData("cbuiltins\nValueError\n.")]
    [InlineData("cbuiltins\nset\n\u0085.")]
    [InlineData("]cbuiltins\nset\na.")]
    [InlineData("](cbuiltins\nset\ne.")]
    [InlineData("}Ncbuiltins\nset\ns.")]
    [InlineData("}cbuiltins\nset\nNs.")]
    [InlineData("\u008f(cbuiltins\nset\n\u0090.")]
    [InlineData("(cbuiltins\nset\n\u0091.")]
    [InlineData("(cbuiltins\nset\nl.")]
    [InlineData("cbuiltins\nValueError\n)R}Vx\ncbuiltins\nset\nsb.")]
    [InlineData("cbuiltins\nset\n\u00940]h\0a.")]
    public void Global_AsAValue_IsRefused(string pickle) => Refusal(pickle).ShouldContain("cannot be a value");

    [Theory]
    [InlineData("\u0082\u0001.", "extension registry")]
    [InlineData("\u0083\u0001\0.", "extension registry")]
    [InlineData("\u0084\u0001\0\0\0.", "extension registry")]
    [InlineData("Pid\n.", "persistent id")]
    [InlineData("NQ.", "persistent id")]
    [InlineData("\u0097.", "buffers")]
    [InlineData("\u0098.", "buffers")]
    [InlineData("\u00ff.", "0xff is no instruction")]
    [InlineData("\u0080\u0006N.", "protocol 6")]
    [InlineData("", "ends before")]
    [InlineData("N", "ends before")]
    [InlineData(".", "lacks its operands")]
    [InlineData("(.", "lacks its operands")]
    [InlineData("NN.", "left over")]
    [InlineData("(N.", "left over")]
    [InlineData("N.N", "follow its STOP")]
    [InlineData("h\0.", "never put there")]
    [InlineData("g5\n.", "never put there")]
    [InlineData("Ng-1\n.", "none")]
    [InlineData("t.", "lacks its MARK")]
    [InlineData("1.", "lacks its MARK")]
    [InlineData("e.", "lacks its operands")]
    [InlineData("(e.", "lacks its operands")]
    [InlineData("N(e.", "applied to None")]
    [InlineData("]K\u0001s.", "lacks its operands")]
    [InlineData("]NNs.", "SetItem is applied to []")]
    [InlineData("}(Nu.", "key without a value")]
    [InlineData("}(]Nu.", "unhashable")]
    [InlineData("\u008f(]\u0090.", "unhashable")]
    [InlineData("]\u0085\u0085}2\u0086.", "left over")]
    [InlineData("}]\u0085Ns.", "unhashable")]
    [InlineData("(]\u0091.", "unhashable")]
    [InlineData("cbuiltins\nset\n(](]a\u0085tR.", "lacks its operands")]
    [InlineData("NK\u0001\u0093.", "global's name")]
    [InlineData("N)R.", "Reduce calls None")]
    [InlineData("cbuiltins\nset\n]R.", "Reduce is applied to []")]
    [InlineData("cbuiltins\nValueError\n)}VK\n\u0088s\u0092.", "named arguments")]
    [InlineData("]}b.", "Build is applied to []")]
    [InlineData("cbuiltins\nValueError\n)R]b.", "Build is applied to []")]
    [InlineData("cbuiltins\nValueError\n)R}K\u0001Nsb.", "attribute's name")]
    [InlineData("cbuiltins\nset\nK\u0001\u0085R.", "builtins.set cannot be called with (1,)")]
    [InlineData("cbuiltins\nset\nVabc\n\u0085R.", "cannot be called")]
    [InlineData("cbuiltins\ncomplex\nVabc\n\u0085R.", "cannot be called")]
    [InlineData("cbuiltins\nbytes\nJ\u00ff\u00ff\u00ff\u007f\u0085R.", "cannot be called")]
    [InlineData("cbuiltins\nbytearray\nJ\u00ff\u00ff\u00ff\u007f\u0085R.", "cannot be called")]
    [InlineData("c_codecs\nencode\nVabc\nVrot13\n\u0086R.", "cannot be called")]
    [InlineData("c_codecs\nencode\nV\\u20ac\nVlatin1\n\u0086R.", "cannot be called")]
    [InlineData("\u008c\u0001\u00ff.", "not UTF-8")]
    [InlineData("\u008c\u0002\u00c0\u0080.", "not UTF-8")]
    [InlineData("\u008c\u0003\u00ed\u00a0\u0041.", "not UTF-8")]
    [InlineData("U\u0001\u00ff.", "Python 2")]
    [InlineData("Sabc\n.", "not in quotes")]
    [InlineData("S'abc\n.", "not in quotes")]
    [InlineData("S'\n.", "not in quotes")]
    [InlineData("S'\\x4'\n.", "lacks its digits")]
    [InlineData("S'\\'\n.", "backslash")]
    [InlineData("V\\u12\n.", "lacks its digits")]
    [InlineData("V\\U00110000\n.", "beyond")]
    [InlineData("I1.5\n.", "no number")]
    [InlineData("I\n.", "no number")]
    [InlineData("LL\n.", "no number")]
    [InlineData("Fx\n.", "no number")]
    [InlineData("F1e999\n.", "no number")]
    [InlineData("I5", "line does not end")]
    [InlineData("\u0095\u00ff\0\0\0\0\0\0\0N.", "frame of 255")]
    public void Malformed_Pickle_SaysWhatIsWrong(string pickle, string fault) => Refusal(pickle).ShouldContain(fault);

    [Theory]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.")]
    [InlineData("\u008e\0\0\0\0\u00ff\0\0\0.")]
    [InlineData("\u0096\0\0\0\u007f\0\0\0\0.")]
    [InlineData("B\u00ff\u00ff\u00ff\u00ff.")]
    [InlineData("X\u00ff\u00ff\u00ff\u007f.")]
    [InlineData("T\u00ff\u00ff\u00ff\u00ff.")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff.")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u007f.")]
    public void Length_BeyondThePickle_IsRefusedBeforeAnythingIsAllocated(string pickle)
    {
        Refusal(pickle);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal(pickle).ShouldContain("are left");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Theory]
    [InlineData("date", "\0\0\u0001\u0001")]
    [InlineData("date", "\u0007\u00e4\u000d\u0001")]
    [InlineData("date", "\u0007\u00e3\u0002\u001d")]
    [InlineData("date", "\u0007\u00e3\u0002")]
    [InlineData("time", "\u0018\0\0\0\0\0")]
    [InlineData("time", "\0\u003c\0\0\0\0")]
    [InlineData("time", "\0\0\0\u000f\u0042\u0040")]
    [InlineData("datetime", "\u0007\u00e4\u0001\u0001\0\0\0\0\0")]
    [InlineData("datetime", "\u0027\u0010\u0001\u0001\0\0\0\0\0\0")]
    public void Date_WithFieldsOutOfRange_IsRefused(string type, string state) =>
        Refusal($"cdatetime\n{type}\nC{(char)state.Length}{state}\u0085R.").ShouldContain($"datetime.{type} cannot be called");

    [Theory]
    [InlineData("cdatetime\ntimedelta\nJ\u00ff\u00e0\u00f5\u0005K\0K\0\u0087R.", "timedelta of 99999")]
    [InlineData("cdatetime\ntimezone\ncdatetime\ntimedelta\nK\u0001K\0K\0\u0087R\u0085R.", "cannot be called")]
    [InlineData(
        "cdatetime\ntime\nC\u0006\0\0\0\0\0\0cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0K\0K\0\u0087R\u0085R\u0086R.", "time of day with a time zone")]
    [InlineData(
        "cdatetime\ndatetime\nC\u000a\u0007\u00e4\u0001\u0001\0\0\0\0\0\0cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0K\u0001K\0\u0087R\u0085R\u0086R.",
        "no counterpart in .NET")]
    [InlineData(
        "cdatetime\ndatetime\nC\u000a\0\u0001\u0001\u0001\0\0\0\0\0\0cdatetime\ntimezone\ncdatetime\ntimedelta\nK\0K\u003cK\0\u0087R\u0085R\u0086R.",
        "no counterpart in .NET")]
    public void Date_ThatDotNetHasNoRoomFor_IsRefused(string pickle, string fault) => Refusal(pickle).ShouldContain(fault);
}
