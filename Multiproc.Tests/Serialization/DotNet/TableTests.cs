using System.Data;
using System.Globalization;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Tables and sets of tables, compared with the originals in all that can be seen of them.</summary>
public sealed class TableTests
{
    private static DataTable Orders()
    {
        var table = new DataTable("Orders", "urn:shop") { CaseSensitive = true, Locale = CultureInfo.InvariantCulture, MinimumCapacity = 77 };
        table.ExtendedProperties["owner"] = "Ann";
        var id = table.Columns.Add("Id", typeof(int));
        (id.AutoIncrement, id.AutoIncrementSeed, id.AutoIncrementStep) = (true, 10, 5);
        table.Columns.Add("Who", typeof(string)).MaxLength = 20;
        table.Columns.Add("Price", typeof(decimal)).DefaultValue = 1.5m;
        table.Columns.Add("Taxed", typeof(decimal), "Price * 2");
        table.Columns.Add("When", typeof(DateTime)).DateTimeMode = DataSetDateTime.Utc;
        table.Columns.Add("Tags", typeof(string[]));
        table.Columns.Add("Note", typeof(object)).Caption = "Remark";
        table.PrimaryKey = [id];
        table.Constraints.Add("Once", table.Columns["Note"]!, primaryKey: false);
        table.Rows.Add(null, "unchanged", 2m, null, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), new[] { "a", "b" }, 1);
        table.Rows.Add(null, "modified", 3m, null, DBNull.Value, null, 2);
        table.Rows.Add(null, "deleted", 4m, null, DBNull.Value, null, 3);
        table.Rows.Add(null, "touched", 5m, null, DBNull.Value, null, 4);
        table.AcceptChanges();
        table.Rows[1]["Who"] = "changed";
        table.Rows[1]["Id"] = 500;
        table.Rows[2].Delete();
        table.Rows[3].SetModified();
        table.Rows.Add(null, null, 6m, null, DBNull.Value, null, "added");
        table.Rows[0].RowError = "bad row";
        table.Rows[0].SetColumnError("Price", "too high");
        table.Columns["Who"]!.ReadOnly = true;
        return table;
    }

    [Fact]
    public void Table_KeepsColumnsKeysAndRowsWithTheirStates()
    {
        var table = Orders();
        var copy = Wire.RoundTrip(table);
        Same(copy, table);
        copy.Rows[1]["Who", DataRowVersion.Original].ShouldBe("modified");
        copy.Rows[0]["Taxed"].ShouldBe(4m, "computed anew");
        Should.Throw<ConstraintException>(() => copy.Rows.Add(500, "twice")).Message.ShouldContain("500");
        Should.Throw<ReadOnlyException>(() => copy.Rows[0]["Who"] = "no");
        copy.NewRow()["Id"].ShouldBe(table.NewRow()["Id"], "the number that a new row gets");
        copy.RejectChanges();
        copy.Rows.Cast<DataRow>().Select(static each => each["Who"]).ShouldBe(["unchanged", "modified", "deleted", "touched"]);
    }

    [Fact]
    public void Table_WithoutColumnsOrRows_IsTheSame() => Same(Wire.RoundTrip(new DataTable()), new DataTable());

    [Fact]
    public void Table_ThatOneOfItsRowsHolds_StaysOne()
    {
        var table = new DataTable("Self");
        table.Columns.Add("It", typeof(object));
        table.Rows.Add(table);
        var copy = Wire.RoundTrip(table);
        copy.Rows[0][0].ShouldBeSameAs(copy);
    }

    [Fact]
    public void Table_WithAKeyOfItsOwnRows_KeepsIt()
    {
        var table = new DataTable("Tree");
        table.Columns.Add("Id", typeof(int));
        table.Columns.Add("Above", typeof(int));
        table.PrimaryKey = [table.Columns[0]];
        table.Constraints.Add(new ForeignKeyConstraint("Up", table.Columns[0], table.Columns[1]) { DeleteRule = Rule.SetNull });
        table.Rows.Add(1, null);
        table.Rows.Add(2, 1);
        var copy = Wire.RoundTrip(table);
        copy.Constraints["Up"].ShouldBeOfType<ForeignKeyConstraint>().DeleteRule.ShouldBe(Rule.SetNull);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Set_KeepsTablesRelationsAndRules(bool isEnforced)
    {
        var set = Shop();
        set.EnforceConstraints = isEnforced;
        if (!isEnforced)
        {
            set.Tables["Lines"]!.Rows.Add(999, 1m);
        }

        var copy = Wire.RoundTrip(set);
        copy.DataSetName.ShouldBe("Shop");
        copy.EnforceConstraints.ShouldBe(isEnforced);
        copy.Namespace.ShouldBe("urn:shop");
        copy.ExtendedProperties["version"].ShouldBe(3);
        foreach (DataTable table in set.Tables)
        {
            Same(copy.Tables[table.TableName]!, table);
        }

        var relation = copy.Relations["Contains"].ShouldNotBeNull();
        relation.Nested.ShouldBeTrue();
        relation.ChildKeyConstraint!.DeleteRule.ShouldBe(Rule.Cascade);
        copy.Tables["Orders"]!.Rows[0].GetChildRows("Contains").Length.ShouldBe(2);
        copy.Tables["Orders"]!.Rows[0]["Total"].ShouldBe(7m);
        if (isEnforced)
        {
            Should.Throw<InvalidConstraintException>(() => copy.Tables["Lines"]!.Rows.Add(999, 1m));
        }
    }

    [Fact]
    public void Table_OfASet_TravelsWithoutIt()
    {
        var lines = Shop().Tables["Lines"]!;
        var copy = Wire.RoundTrip(lines);
        copy.DataSet.ShouldBeNull();
        copy.Constraints.Count.ShouldBe(0, "the key of the other table stays there");
        copy.Rows.Count.ShouldBe(2);
        Wire.RefusalOf(Shop().Tables["Orders"]!).ShouldContain("computed from other tables: send its DataSet");
    }

    [Fact]
    public void Column_ThatCannotBeSent_IsNamed()
    {
        var table = new DataTable();
        table.Columns.Add("Worker", typeof(Thread));
        Wire.RefusalOf(table).ShouldContain("the column 'Worker' of System.Threading.Thread, which cannot be sent");
        var other = new DataTable();
        other.Columns.Add("Any", typeof(object));
        other.Rows.Add(Thread.CurrentThread);
        Wire.RefusalOf(other).ShouldContain("column 'Any' is a System.Threading.Thread");
    }

    private static DataSet Shop()
    {
        var set = new DataSet("Shop") { Namespace = "urn:shop", Locale = CultureInfo.InvariantCulture };
        set.ExtendedProperties["version"] = 3;
        var orders = set.Tables.Add("Orders");
        orders.Columns.Add("Id", typeof(int));
        orders.PrimaryKey = [orders.Columns[0]];
        var lines = set.Tables.Add("Lines");
        lines.Columns.Add("Order", typeof(int));
        lines.Columns.Add("Price", typeof(decimal));
        set.Relations.Add("Contains", orders.Columns[0], lines.Columns[0]).Nested = true;
        orders.Columns.Add("Total", typeof(decimal), "Sum(Child(Contains).Price)");
        orders.Rows.Add(1);
        lines.Rows.Add(1, 3m);
        lines.Rows.Add(1, 4m);
        set.AcceptChanges();
        lines.Rows[0]["Price"] = 3m;
        return set;
    }

    private static void Same(DataTable copy, DataTable table)
    {
        Alike.Differences(
            Settings(table), Settings(copy)).ShouldBeEmpty();
        copy.Columns.Cast<DataColumn>().Select(Settings).ShouldBe(table.Columns.Cast<DataColumn>().Select(Settings));
        copy.PrimaryKey.Select(static each => each.ColumnName).ShouldBe(table.PrimaryKey.Select(static each => each.ColumnName));
        copy.Constraints.Cast<Constraint>().Select(static each => each.ConstraintName)
            .ShouldBe(table.Constraints.Cast<Constraint>().Select(static each => each.ConstraintName));
        copy.Rows.Cast<DataRow>().Select(Text).ShouldBe(table.Rows.Cast<DataRow>().Select(Text));
    }

    private static object Settings(DataTable table) =>
        (table.TableName, table.Namespace, table.Prefix, table.CaseSensitive, table.Locale, table.MinimumCapacity, table.ExtendedProperties["owner"]);

    private static string Settings(DataColumn column) => string.Join(
        ' ', column.ColumnName, column.DataType, column.Caption, column.AllowDBNull, column.ReadOnly, column.MaxLength, column.ColumnMapping,
        column.DateTimeMode, column.AutoIncrement, column.AutoIncrementSeed, column.AutoIncrementStep, column.DefaultValue, column.Expression, column.Unique);

    private static string Text(DataRow row)
    {
        var versions = new[] { DataRowVersion.Original, DataRowVersion.Current }.Where(row.HasVersion);
        var columns = row.Table.Columns.Cast<DataColumn>();
        var values = versions.Select(version => $"{version} {string.Join(',', columns.Select(each => Value(row[each, version])))}");
        return $"{row.RowState}: {string.Join(';', values)} {row.RowError} {string.Join(',', row.GetColumnsInError().Select(row.GetColumnError))}";
    }

    private static string Value(object value) => value is string[] several ? string.Join('+', several) : value is DateTime time ? $"{time:O}" : $"{value}";
}
